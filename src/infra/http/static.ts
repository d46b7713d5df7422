import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Walks up to the folder that holds package.json: the sources and the build lie at different depths. */
function projectRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const above = dirname(from);
  return above === from ? from : projectRoot(above);
}

export const PROJECT_ROOT = projectRoot(__dirname);

/** The console's files. Their names carry a hash, so they may be kept for ever; the page itself is asked for each time. */
export async function serveConsole(app: NestFastifyApplication): Promise<void> {
  const root = join(PROJECT_ROOT, 'console', 'dist');
  if (!existsSync(join(root, 'index.html'))) return;
  await app.register(fastifyStatic, {
    root,
    prefix: '/',
    wildcard: false,
    index: 'index.html',
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isHashed = path.includes('/assets/');
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
