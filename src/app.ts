import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { admitBeforeReading, Door } from './accounts/door.service';
import { AppModule, type AppOptions } from './app.module';
import { DomainError } from './domain/errors';
import { serveApiDocs } from './infra/http/api-docs';
import { BODY_LIMIT_BYTES, limitBodies } from './infra/http/body';
import { answerClientError } from './infra/http/client-error';
import { addContextHook } from './infra/http/context.hook';
import { takeLineBodies } from './infra/http/line-body';
import { limitReceptions } from './infra/http/reception';
import { answerRouterError } from './infra/http/problem.filter';
import { answerOtherMethods } from './infra/http/methods';
import { measureRequests } from './infra/http/request-metrics';
import { assertEveryRouteIsGuarded } from './infra/http/routes';
import { serveConsole } from './infra/http/static';
import { validationPipe } from './infra/http/validation';
import { refuseIllFormedBodies } from './infra/http/well-formed';
import { NestLog } from './infra/log';

/** Parts of one multipart request. The size of a file is checked while it streams. */
const MAX_FILES = 100;

/** The page runs our own scripts and speaks to this address alone. Mantine writes style elements. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join(';');

function makeAdapter({ config }: AppOptions): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    // Hop 0 is whoever holds the connection: what a caller writes into the header himself lies beyond the trusted hops.
    trustProxy: (_address, hop) => hop < config.trustedProxies,
    genReqId: () => uuidv7(),
    forceCloseConnections: 'idle',
    frameworkErrors: answerRouterError,
    clientErrorHandler: answerClientError,
    // The paths of TAXII and of other wire protocols end with a slash, those of their clients not always.
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: true },
  });
}

/** What is asked for each upload of a platform is counted by itself: at 6,000 requests a minute, 4,000 look-ups a second. */
const LOOK_UPS_A_REQUEST = 40;

async function addMeans(app: NestFastifyApplication, { config }: AppOptions): Promise<void> {
  await app.register(cookie);
  await app.register(helmet, {
    // It would put this together anew for each answer.
    contentSecurityPolicy: false,
    crossOriginEmbedderPolicy: false,
    strictTransportSecurity: config.publicUrl.startsWith('https:')
      ? { maxAge: 31_536_000, includeSubDomains: false }
      : false,
    referrerPolicy: { policy: 'no-referrer' },
  });
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (_request, reply, done) => {
      reply.raw.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
      done();
    });
  await app.register(rateLimit, {
    global: true,
    max: (request) => config.requestsPerMinute * (request.routeOptions.config.hot ? LOOK_UPS_A_REQUEST : 1),
    timeWindow: '1 minute',
    keyGenerator: (request) => {
      const credential = request.headers.authorization ?? request.cookies?.['clepsydra_session'];
      const client = credential ? createHash('sha256').update(credential).digest('base64') : request.ip;
      return request.routeOptions.config.hot ? `hot:${client}` : client;
    },
    errorResponseBuilder: () => new DomainError('request.too-many'),
  });
  await app.register(multipart, {
    limits: {
      fileSize: config.maxFileBytes,
      files: MAX_FILES,
      fields: 10,
      fieldSize: BODY_LIMIT_BYTES,
      parts: MAX_FILES + 10,
    },
    throwFileSizeLimit: false,
  });
}

/**
 * The application as main.ts serves it and the tests drive it: pipes, filters, hooks, limits. Refuses to start when a route
 * does not state its permission.
 */
export async function createApp(options: AppOptions): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(options), makeAdapter(options), {
    logger: new NestLog(),
    abortOnError: false,
  });
  answerOtherMethods(app.getHttpAdapter().getInstance());
  const fastify = app.getHttpAdapter().getInstance();
  limitReceptions(fastify);
  await addMeans(app, options);
  limitBodies(app);
  takeLineBodies(fastify);
  admitBeforeReading(fastify, app.get(Door));
  refuseIllFormedBodies(fastify);
  addContextHook(fastify);
  measureRequests(fastify);
  app.useGlobalPipes(validationPipe());
  assertEveryRouteIsGuarded(app);
  serveApiDocs(app);
  await serveConsole(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
