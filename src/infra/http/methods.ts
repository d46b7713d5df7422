import type { FastifyInstance } from 'fastify';
import { DomainError } from '../../domain/errors';

interface Address {
  /** One for each segment; `*` at the end stands for any number of them. */
  readonly segments: readonly RegExp[];
  readonly isOpenEnded: boolean;
  readonly methods: Set<string>;
}

const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

const toSegment = (text: string): RegExp =>
  new RegExp(`^${text.split(/:\w+/).map((literal) => literal.replaceAll(/[^\w-]/g, '\\$&')).join('[^/]+')}$`); // prettier-ignore

/** Which methods the addresses of the service answer to, collected from its routes as they are added. */
export class Addresses {
  private readonly byPattern = new Map<string, Address>();

  add(pattern: string, methods: readonly string[]): void {
    const segments = segmentsOf(pattern);
    const isOpenEnded = segments.at(-1) === '*';
    const address = this.byPattern.get(pattern) ?? {
      segments: (isOpenEnded ? segments.slice(0, -1) : segments).map(toSegment),
      isOpenEnded,
      methods: new Set<string>(),
    };
    for (const method of methods) address.methods.add(method);
    this.byPattern.set(pattern, address);
  }

  /** Sorted; empty for an address that does not exist. */
  methodsOf(path: string): string[] {
    const given = segmentsOf(path);
    const found = [...this.byPattern.values()].filter(
      ({ segments, isOpenEnded }) =>
        (isOpenEnded ? given.length >= segments.length : given.length === segments.length) &&
        segments.every((segment, i) => segment.test(given[i] ?? '')),
    );
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].toSorted();
  }
}

/**
 * An address that exists under other methods answers 405 and names them (RFC 9110, 15.5.6), and OPTIONS with them alone (9.3.7).
 * No other origin is named in that: browsers of other sites are refused, as everywhere here. Add before any route.
 */
export function answerOtherMethods(fastify: FastifyInstance): void {
  const addresses = new Addresses();
  fastify.addHook('onRoute', ({ url, method }) => addresses.add(url, [method].flat()));
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done();
    const methods = addresses.methodsOf(request.url.split('?', 1)[0] ?? '');
    if (methods.length === 0) return done();
    void reply.header('allow', [...new Set([...methods, 'OPTIONS'])].toSorted().join(', '));
    if (request.method === 'OPTIONS') return void reply.status(204).send();
    return done(new DomainError('request.method-not-allowed'));
  });
}
