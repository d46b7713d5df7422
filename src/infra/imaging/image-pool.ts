import { availableParallelism } from 'node:os';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import type { VariantKind } from '../../perceptual/pdq-variants';
import { ImageChild } from './child';
import type { ChildLimits, HashesOf } from './child';
import type { HashRequest } from './frames';
import type { FastImageHashes, ImageHashes } from './protocol';

export type { FastImageHashes, ImageHashes } from './protocol';

export interface ImagePoolOptions extends ChildLimits {
  /** Child processes at most; they start when first needed. */
  readonly size: number;
  /** Jobs that may wait for a child; each holds what its caller gave it. */
  readonly maxWaiting: number;
}

const MIB = 1024 * 1024;
/** A child holds one encoded image and its pixels at a time: at the worst 64 MiB and 40 million pixels of 4 bytes. */
const DEFAULTS: ImagePoolOptions = {
  size: availableParallelism(),
  maxWaiting: 1000,
  maxBytes: 64 * MIB,
  maxPixels: 40e6,
  receiveMs: 60_000,
  decodeMs: 20_000,
  recycleAboveBytes: 512 * MIB,
};

interface Turn {
  readonly give: (child: ImageChild) => void;
  readonly refuse: (error: Error) => void;
}

/**
 * Hashes images in child processes, because a decoder may hang, crash or be taken over by what it decodes. A child that
 * does is killed, its job fails with the reason, and the next job gets a new one.
 *
 * A job holds a child while its source is read: feed it from the vault or from memory, not from a slow client's socket.
 */
@Injectable()
export class ImagePool implements OnModuleDestroy {
  readonly #options: ImagePoolOptions;
  readonly #children = new Set<ImageChild>();
  readonly #idle: ImageChild[] = [];
  readonly #waiting: Turn[] = [];
  #closed = false;

  constructor(options: Partial<ImagePoolOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** Process ids of the living children, for health pages and tests. */
  get pids(): number[] {
    return [...this.#children].filter((child) => child.alive).flatMap((child) => child.pid ?? []);
  }

  /**
   * The perceptual hashes of one encoded image, exact. The source is always read to its end or drained, so that the rest
   * of a form is not held up.
   * @param declaredSize bytes expected: fewer is `image.truncated`, more is `image.too-large`.
   * @param asked what else to hash for asking a matcher: the picture turned and mirrored, or without its borders;
   *   `partial`: what can be seen of a file that ends early or is damaged, which the answer then says (`incomplete`).
   * @throws DomainError image.too-large, image.truncated, image.unsupported, image.undecodable, image.timeout, or
   *   request.unavailable when the pool is closing or has too much to do; the source's own error when the source fails.
   */
  hashImage(
    source: Readable | Uint8Array,
    declaredSize?: number,
    { variants = [], partial = false }: { readonly variants?: readonly VariantKind[]; readonly partial?: boolean } = {},
  ): Promise<ImageHashes> {
    return this.#hash(source, declaredSize, { mode: 'exact', variants, partial });
  }

  /**
   * PDQ alone and a few bits beside the exact one, in a third of the time: for looking many images up. What it answers
   * is of another type than {@link hashImage}'s, so that it cannot be stored or contributed by mistake. Throws alike.
   */
  scanImage(source: Readable | Uint8Array, declaredSize?: number): Promise<FastImageHashes> {
    return this.#hash(source, declaredSize, { mode: 'fast' });
  }

  async #hash<Request extends HashRequest>(
    source: Readable | Uint8Array,
    declaredSize: number | undefined,
    request: Request,
  ): Promise<HashesOf<Request>> {
    const stream =
      source instanceof Readable
        ? source
        : Readable.from([Buffer.from(source.buffer, source.byteOffset, source.byteLength)]);
    // A source may fail while it waits for its turn; it is asked again when the turn comes.
    stream.on('error', () => undefined);
    const { maxBytes } = this.#options;
    if (declaredSize !== undefined && declaredSize > maxBytes) {
      stream.resume();
      throw new DomainError('image.too-large', { bytes: declaredSize, maxBytes });
    }
    const child = await this.#take().catch((error: unknown) => {
      stream.resume();
      throw error;
    });
    try {
      return await child.hash(stream, declaredSize, request);
    } finally {
      this.#giveBack(child);
    }
  }

  close(): void {
    this.#closed = true;
    for (const turn of this.#waiting.splice(0)) turn.refuse(closedError());
    for (const child of this.#children) child.kill();
    this.#children.clear();
    this.#idle.length = 0;
  }

  onModuleDestroy(): void {
    this.close();
  }

  async #take(): Promise<ImageChild> {
    if (this.#closed) throw closedError();
    let idle = this.#idle.pop();
    while (idle && !idle.alive) {
      this.#children.delete(idle);
      idle = this.#idle.pop();
    }
    if (idle) return idle;
    if (this.#children.size < this.#options.size) return this.#start();
    if (this.#waiting.length >= this.#options.maxWaiting) {
      throw new DomainError('request.unavailable', { reason: 'too many images are waiting' });
    }
    return new Promise((give, refuse) => this.#waiting.push({ give, refuse }));
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

function closedError(): DomainError {
  return new DomainError('request.unavailable', { reason: 'image pool closed' });
}
