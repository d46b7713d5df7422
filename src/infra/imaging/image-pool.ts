import { availableParallelism } from 'node:os';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import type { VariantKind } from '../../perceptual/pdq-variants';
import { FairQueue } from '../fair-queue';
import { ImageChild } from './child';
import type { ChildLimits, HashesOf } from './child';
import type { HashRequest } from './frames';
import { IMAGE_LIMITS } from './protocol';
import type { FastImageHashes, ImageHashes } from './protocol';

export type { FastImageHashes, ImageHashes } from './protocol';

export interface ImagePoolOptions extends ChildLimits {
  /** Child processes at most; they start when first needed. */
  readonly size: number;
  /** Jobs that may wait for a child; each holds what its caller gave it. */
  readonly maxWaiting: number;
}

const MIB = 1024 * 1024;
const DEFAULTS: ImagePoolOptions = {
  size: availableParallelism(),
  maxWaiting: 1000,
  // A child holds one encoded image and its pixels at a time.
  ...IMAGE_LIMITS,
  receiveMs: 60_000,
  decodeMs: 20_000,
  recycleAboveBytes: 512 * MIB,
};

/** Bytes in memory, a stream, or a way to open one, once for each try. */
export type ImageSource = Readable | Uint8Array | (() => Readable | Promise<Readable>);

export interface Asker {
  /** Who asks: the organisation's id. Those who wait take turns by it. */
  readonly owner?: string | undefined;
  /** Gives up the place, and the work if it has begun: the child is killed. */
  readonly signal?: AbortSignal | undefined;
}

export interface ImageJob extends Asker {
  /** What else to hash for asking a matcher: the picture turned and mirrored, or without its borders. */
  readonly variants?: readonly VariantKind[];
  /** For looking up alone: what can be seen of a file that ends early or is damaged, as the answer then says (`incomplete`). */
  readonly partial?: boolean;
}

interface Turn {
  readonly give: (child: ImageChild) => void;
  readonly refuse: (error: Error) => void;
}

/**
 * Hashes images in child processes, because a decoder may hang, crash or be taken over by what it decodes. A child that
 * does is killed, its job fails with the reason, and the next job gets a new one. A child that somebody else killed or
 * stopped (the kernel, out of memory) says nothing about the picture, which is tried once more in a new one.
 *
 * A job holds a child while its source is read: feed it from the vault or from memory, not from a slow client's socket.
 */
@Injectable()
export class ImagePool implements OnModuleDestroy {
  readonly #options: ImagePoolOptions;
  readonly #children = new Set<ImageChild>();
  readonly #idle: ImageChild[] = [];
  readonly #waiting = new FairQueue<Turn>();
  #closed = false;

  constructor(options: Partial<ImagePoolOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** Jobs that wait for a child. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Process ids of the living children, for health pages and tests. */
  get pids(): number[] {
    return [...this.#children].filter((child) => child.alive).flatMap((child) => child.pid ?? []);
  }

  /**
   * The perceptual hashes of one encoded image, exact. The source is always read to its end or drained, so that the rest
   * of a form is not held up.
   * @param declaredSize bytes expected: fewer is `image.truncated`, more is `image.too-large`.
   * @throws DomainError image.too-large, image.truncated, image.unsupported, image.undecodable, image.timeout, or
   *   request.unavailable when the pool is closing or has too much to do; the signal's reason; the source's own error.
   */
  hashImage(
    source: ImageSource,
    declaredSize?: number,
    { variants = [], partial = false, ...asker }: ImageJob = {},
  ): Promise<ImageHashes> {
    return this.#hash(source, declaredSize, { mode: 'exact', variants, partial }, asker);
  }

  /**
   * PDQ alone and a few bits beside the exact one, in a third of the time: for looking many images up. What it answers
   * is of another type than {@link hashImage}'s, so that it cannot be stored or contributed by mistake. Throws alike.
   */
  scanImage(source: ImageSource, declaredSize?: number, asker: Asker = {}): Promise<FastImageHashes> {
    return this.#hash(source, declaredSize, { mode: 'fast' }, asker);
  }

  async #hash<Request extends HashRequest>(
    source: ImageSource,
    declaredSize: number | undefined,
    request: Request,
    asker: Asker,
  ): Promise<HashesOf<Request>> {
    // A source may fail while it waits for its turn; it is asked again when the turn comes.
    const given = source instanceof Readable ? source.on('error', () => undefined) : undefined;
    const { maxBytes } = this.#options;
    try {
      if (declaredSize !== undefined && declaredSize > maxBytes) {
        throw new DomainError('image.too-large', { bytes: declaredSize, maxBytes });
      }
      const child = await this.#take(asker);
      return await this.#work(child, source, declaredSize, request, asker.signal);
    } finally {
      given?.resume();
    }
  }

  async #work<Request extends HashRequest>(
    first: ImageChild,
    source: ImageSource,
    declaredSize: number | undefined,
    request: Request,
    signal: AbortSignal | undefined,
  ): Promise<HashesOf<Request>> {
    let child = first;
    const leave = (): void => child.kill(signal?.reason as Error);
    signal?.addEventListener('abort', leave, { once: true });
    try {
      signal?.throwIfAborted();
      return await hashOpened(child, source, declaredSize, request);
    } catch (error) {
      signal?.throwIfAborted();
      if (!child.lost || source instanceof Readable || this.#closed) throw error;
      this.#children.delete(child);
      child = this.#start();
      return await hashOpened(child, source, declaredSize, request);
    } finally {
      signal?.removeEventListener('abort', leave);
      this.#giveBack(child);
    }
  }

  close(): void {
    this.#closed = true;
    for (let turn = this.#waiting.shift(); turn; turn = this.#waiting.shift()) turn.refuse(closedError());
    for (const child of this.#children) child.kill();
    this.#children.clear();
    this.#idle.length = 0;
  }

  onModuleDestroy(): void {
    this.close();
  }

  async #take({ owner = '', signal }: Asker): Promise<ImageChild> {
    signal?.throwIfAborted();
    if (this.#closed) throw closedError();
    let idle = this.#idle.pop();
    while (idle && !idle.alive) {
      this.#children.delete(idle);
      idle = this.#idle.pop();
    }
    if (idle) return idle;
    if (this.#children.size < this.#options.size) return this.#start();
    if (this.#waiting.size >= this.#options.maxWaiting) {
      throw new DomainError('request.unavailable', { reason: 'too many images are waiting', retryAfterSeconds: 10 });
    }
    return this.#wait(owner, signal);
  }

  async #wait(owner: string, signal: AbortSignal | undefined): Promise<ImageChild> {
    let leave = (): void => undefined;
    try {
      return await new Promise<ImageChild>((give, refuse) => {
        const turn = { give, refuse };
        leave = () => void (this.#waiting.remove(owner, turn) && refuse(signal?.reason));
        this.#waiting.push(owner, turn);
        signal?.addEventListener('abort', leave, { once: true });
      });
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  #giveBack(child: ImageChild): void {
    if (!child.alive) this.#children.delete(child);
    if (this.#closed) return;
    const turn = this.#waiting.shift();
    if (turn) turn.give(child.alive ? child : this.#start());
    else if (child.alive) this.#idle.push(child);
  }

  #start(): ImageChild {
    const child = new ImageChild(this.#options);
    this.#children.add(child);
    return child;
  }
}

async function hashOpened<Request extends HashRequest>(
  child: ImageChild,
  source: ImageSource,
  declaredSize: number | undefined,
  request: Request,
): Promise<HashesOf<Request>> {
  if (source instanceof Readable) return child.hash(source, declaredSize, request);
  const stream = typeof source === 'function' ? await source() : Readable.from([asBuffer(source)]);
  try {
    return await child.hash(
      stream.on('error', () => undefined),
      declaredSize,
      request,
    );
  } finally {
    stream.destroy();
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function closedError(): DomainError {
  return new DomainError('request.unavailable', { reason: 'image pool closed' });
}
