import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { AppModule } from './app.module';
import { dataSourceOptions } from './data-source';
import { readConfig } from './infra/config';
import { completeOpenApi } from './openapi-common';

const DESCRIPTION = 'Referral, one-hour clock, hash matching, evidence and figures on one verifiable record.';

/** The OpenAPI document of the application, made in preview: no database is opened. */
export async function makeOpenApi(): Promise<OpenAPIObject> {
  const nowhere = dataSourceOptions('postgres://nobody@localhost/none', 1);
  const module = AppModule.forRoot({
    config: readConfig({}),
    connections: { app: nowhere, worker: nowhere, scopeKey: Buffer.alloc(64) },
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), {
    preview: true,
    logger: false,
    // Otherwise Nest ends the process without a word.
    abortOnError: false,
  });
  const config = new DocumentBuilder()
    .setTitle('Clepsydra')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A session token or an API key' })
    .addSecurityRequirements('bearer')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  return completeOpenApi(document);
}

if (require.main === module) {
  void makeOpenApi().then((document) =>
    process.stdout.write(`${JSON.stringify(document, null, 1)}\n`, () => process.exit(0)),
  );
}
