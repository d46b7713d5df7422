import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './static';

/** Serves the committed document: /docs for people, /openapi.json for programs. It is made by `npm run openapi`. */
export function serveApiDocs(app: NestFastifyApplication): void {
  const file = join(PROJECT_ROOT, 'docs', 'openapi.json');
  if (!existsSync(file)) return;
  const document = JSON.parse(readFileSync(file, 'utf8')) as OpenAPIObject;
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', customSiteTitle: 'Clepsydra API' });
}
