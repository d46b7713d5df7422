import type { INestApplication } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { ModulesContainer } from '@nestjs/core';
import { ALLOW, PUBLIC, SIGNED_IN } from './allow';

interface Route {
  readonly name: string;
  readonly path: string;
  readonly handler: object;
}

/** Every route of the application, read from the decorators. */
export function routesOf(app: INestApplication): Route[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ metatype }) => {
    if (typeof metatype !== 'function') return [];
    const prototype = metatype.prototype as Record<string, unknown>;
    return Object.getOwnPropertyNames(prototype).flatMap((method) => {
      const handler = prototype[method];
      if (typeof handler !== 'function' || Reflect.getMetadata(METHOD_METADATA, handler) === undefined) return [];
      const path = `${String(Reflect.getMetadata(PATH_METADATA, metatype))}/${String(Reflect.getMetadata(PATH_METADATA, handler))}`;
      return [{ name: `${metatype.name}.${method}`, path, handler }];
    });
  });
}

/** Deny by default: throws when a route states neither a permission nor why it is open. */
export function assertEveryRouteIsGuarded(app: INestApplication): void {
  const silent = routesOf(app).filter(
    ({ handler }) => ![ALLOW, PUBLIC, SIGNED_IN].some((key) => Reflect.hasMetadata(key, handler)),
  );
  if (silent.length > 0) {
    throw new Error(`routes without a permission: ${silent.map((route) => route.name).join(', ')}`);
  }
}
