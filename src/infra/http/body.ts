import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { measureJson } from './json-measure';
import type { BodyLimit } from './route-facts';

/** Of a body, and of a field of a form. Files travel as multipart parts, which have a limit of their own. */
export const BODY_LIMIT_BYTES = 8 * 2 ** 20;

/** Where anybody may send: a name, a password, a form. */
const OPEN_LIMIT_BYTES = 2 ** 16;

/** Twice what the largest answer to a notice needs: a thousand items of seven members. Lists of lines state their own. */
export const MOST_VALUES = 20_000;

/** For a route that takes lines by the ten thousand and judges them one by one. */
export const LINES_BODY: BodyLimit = { values: 200_000 };

/**
 * How much a body may hold, so that none holds the event loop: bytes before it is read, values before it is parsed. A route
 * may state its own ({@link BodyOf}).
 */
export function limitBodies(app: NestFastifyApplication): void {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  fastify.addHook('onRoute', (route) => {
    const { open, body } = route.config ?? {};
    const bytes = body?.bytes ?? (open ? OPEN_LIMIT_BYTES : undefined);
    if (bytes !== undefined) route.bodyLimit = bytes;
  });
  const parse = fastify.getDefaultJsonParser('error', 'error');
  app.useBodyParser('application/json', { bodyLimit: BODY_LIMIT_BYTES }, (request: FastifyRequest, body, done) => {
    measureJson(body, request.routeOptions.config.body?.values ?? MOST_VALUES);
    return parse(request, body.toString('utf8'), done);
  });
  // Logins of wire protocols alone are forms.
  app.useBodyParser('application/x-www-form-urlencoded', { bodyLimit: OPEN_LIMIT_BYTES });
}
