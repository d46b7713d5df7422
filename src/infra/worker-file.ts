import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The entry of a process or thread of our own: `<name>.js` in `folder` as it was built; from source, where the tests run,
 * it is compiled on the way in.
 */
export function workerFile(folder: string, name: string): { readonly file: string; readonly execArgv: string[] } {
  const built = join(folder, `${name}.js`);
  if (existsSync(built)) return { file: built, execArgv: [] };
  const register = join(__dirname, '..', '..', 'test', 'support', 'swc-register.js');
  return { file: join(folder, `${name}.ts`), execArgv: ['--require', register] };
}
