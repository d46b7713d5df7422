import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Walks up to the folder that holds package.json: the sources and the build lie at different depths. */
function projectRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const above = dirname(from);
  return above === from ? from : projectRoot(above);
}

export const PROJECT_ROOT = projectRoot(__dirname);

/**
 * The page that hashes in the browser is one file: its script stands in it, where the service's own policy allows none. It
 * brings a policy that names script and style by digest; only what a page cannot say of itself is added.
 */
function policyOf(page: string): string | null {
  const [, stated] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(readFileSync(page, 'utf8')) ?? [];
  return stated === undefined ? null : `${stated}; frame-ancestors 'none'`;
}

/** The console's files. Their names carry a hash, so they may be kept for ever; the page itself is asked for each time. */
export async function serveConsole(app: NestFastifyApplication): Promise<void> {
  const root = join(PROJECT_ROOT, 'console', 'dist');
  if (!existsSync(join(root, 'index.html'))) return;
  const hashPage = join(root, 'hash.html');
  const policy = existsSync(hashPage) ? policyOf(hashPage) : null;
  await app.register(fastifyStatic, {
    root,
    prefix: '/',
    wildcard: false,
    index: 'index.html',
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isHashed = path.includes('/assets/');
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      if (path === hashPage && policy !== null) reply.header('content-security-policy', policy);
    },
  });
}
