import type { FastifyInstance } from 'fastify';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { DomainError } from '../../domain/errors';

/**
 * How long a sender may keep us waiting for a body, whatever route reads it: {@link PATIENCE_SECONDS} of silence, and no more
 * than that beside a kilobyte a second. A file of gigabytes may take its hours; one that stands still ends.
 */
export const PATIENCE_SECONDS = 20;
const LEAST_BYTES_A_SECOND = 1024;
const TICK_MS = 1_000;
/** For the answer to a body that was given up; then the connection ends, answered or not. */
const ANSWER_SECONDS = 10;

type Socket = IncomingMessage['socket'];

interface Reception {
  readonly raw: IncomingMessage;
  readonly reply: ServerResponse;
  /** Of the connection, when it was last looked at. */
  bytes: number;
  seconds: number;
}

const FAULTS = new WeakMap<IncomingMessage, DomainError>();

/** Why the body of a request was given up: whatever that broke further on is answered with this. */
export const bodyFault = (raw: IncomingMessage): DomainError | undefined => FAULTS.get(raw);

/** Bytes that have come on the connection of a request, to tell by how many more have come since. */
export const bytesOf = ({ socket }: IncomingMessage): number => socket.bytesRead;

/**
 * Gives up the rest of a body. Whoever reads it gets the error, as if the stream had failed; the connection stays for the
 * answer alone, where destroying the stream would end it unanswered.
 */
export function refuseBody(raw: IncomingMessage, error: DomainError): void {
  if (FAULTS.has(raw) || raw.complete || raw.destroyed) return;
  FAULTS.set(raw, error);
  raw.emit('error', error);
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Bodies that are on their way. Only the time counts in which we want more and have nothing: our own slowness does not. */
export class Receptions {
  readonly #open = new Set<Reception>();
  #timer: NodeJS.Timeout | undefined;

  watch(raw: IncomingMessage, reply: ServerResponse): void {
    // Not a connection: a request that was handed in by the process itself.
    if (!('bytesRead' in raw.socket) || !hasBody(raw)) return;
    const reception = { raw, reply, bytes: bytesOf(raw), seconds: PATIENCE_SECONDS };
    // Nobody may be reading when it is given up, and an error that nobody hears ends the process.
    raw.on('error', () => undefined);
    const forget = (): void => this.#forget(reception);
    raw.once('end', forget);
    raw.once('close', forget);
    this.#open.add(reception);
    this.#timer ??= setInterval(() => this.tick(), TICK_MS).unref();
  }

  /** One second has passed, or more: when the process was busy nobody is to blame. */
  tick(): void {
    for (const reception of this.#open) {
      const { raw } = reception;
      const more = bytesOf(raw) - reception.bytes;
      reception.bytes += more;
      const earned = FAULTS.has(raw) ? 0 : more / LEAST_BYTES_A_SECOND;
      const spent = FAULTS.has(raw) || raw.readableFlowing === true ? 1 : 0;
      reception.seconds = Math.min(PATIENCE_SECONDS, reception.seconds + earned - spent);
      if (reception.seconds <= 0) this.#end(reception);
    }
  }

  #end(reception: Reception): void {
    const { raw, reply } = reception;
    if (reply.writableEnded || FAULTS.has(raw)) {
      raw.socket.destroy();
      this.#forget(reception);
      return;
    }
    reception.seconds = ANSWER_SECONDS;
    refuseBody(raw, new DomainError('request.too-slow', { patienceSeconds: PATIENCE_SECONDS }));
  }

  #forget(reception: Reception): void {
    this.#open.delete(reception);
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** A stopping node waits so long for the rest of a request's head: whoever has sent none has asked nothing. */
export const HEAD_SECONDS = 5;
/** And so long for anything: what is under way then is cut off. */
export const DRAIN_SECONDS = 30;

/**
 * The connections of a server, so that none of them keeps a stopping node. Node closes those that are idle; one with half a
 * head is not, and the watch that Node keeps on heads ends with the closing.
 */
export class Connections {
  readonly #open = new Set<Socket>();
  /** With a request whose head is here and whose answer is not through. */
  readonly #asked = new Map<Socket, number>();
  #seconds = 0;

  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    });
    server.on('request', ({ socket }, answer) => {
      this.#asked.set(socket, (this.#asked.get(socket) ?? 0) + 1);
      answer.once('close', () => this.#answered(socket));
    });
  }

  /** From now on none is waited for longer than the seconds above. */
  stop(): void {
    const timer = setInterval(() => (this.#open.size > 0 ? this.tick() : clearInterval(timer)), TICK_MS).unref();
  }

  /** One second of stopping has passed. */
  tick(): void {
    this.#seconds += 1;
    for (const socket of this.#open) {
      const most = this.#asked.has(socket) ? DRAIN_SECONDS : HEAD_SECONDS;
      if (this.#seconds >= most) socket.destroy();
    }
  }

  #answered(socket: Socket): void {
    const left = (this.#asked.get(socket) ?? 1) - 1;
    if (left > 0) this.#asked.set(socket, left);
    else this.#asked.delete(socket);
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    receptions: Receptions;
    connections: Connections;
  }
}

/** Watches the body of every request, whatever reads it; their headers are Node's to watch (60 s), and ours when the server stops. */
export function limitReceptions(fastify: FastifyInstance): void {
  const receptions = new Receptions();
  fastify.decorate('receptions', receptions);
  const connections = new Connections(fastify.server);
  fastify.decorate('connections', connections);
  fastify.addHook('preClose', (done) => {
    connections.stop();
    done();
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    receptions.watch(request.raw, reply.raw);
    done();
  });
}
