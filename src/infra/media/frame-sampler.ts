import { pdqHash, PDQ_MIN_QUALITY } from '../../perceptual/pdq';

export interface SampledFrame {
  /** Position among the frames that the decoder sent. */
  readonly index: number;
  readonly hash: string;
  readonly quality: number;
}

export interface HashedFrames {
  /** Frames that the decoder sent. */
  readonly sampled: number;
  readonly frames: readonly SampledFrame[];
}

/**
 * Cuts a stream of raw RGB frames of one size into frames, hashes each, and keeps the distinct usable ones. When there
 * are more than `maxFrames`, every second is dropped and from then on every second new one is kept, and so on: evenly
 * spread over what the video shows, whatever length its header claims and however much black is put behind it.
 */
export class FrameSampler {
  readonly #frame: Buffer;
  #previous: Buffer | undefined;
  #filled = 0;
  #index = 0;
  #found = 0;
  #stride = 1;
  #kept: SampledFrame[] = [];
  readonly #seen = new Set<string>();

  constructor(
    private readonly width: number,
    private readonly height: number,
    private readonly maxFrames: number,
  ) {
    this.#frame = Buffer.alloc(width * height * 3);
  }

  get sampled(): number {
    return this.#index;
  }

  get frames(): readonly SampledFrame[] {
    return this.#kept;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      const taken = chunk.copy(this.#frame, this.#filled, at);
      at += taken;
      this.#filled += taken;
      if (this.#filled === this.#frame.length) this.#complete();
    }
  }

  #complete(): void {
    this.#filled = 0;
    const index = this.#index++;
    // A still picture filmed for an hour is hashed once.
    if (this.#previous?.equals(this.#frame)) return;
    this.#previous ??= Buffer.alloc(this.#frame.length);
    this.#frame.copy(this.#previous);
    const { hash, quality } = pdqHash({ data: this.#frame, width: this.width, height: this.height, channels: 3 });
    if (quality < PDQ_MIN_QUALITY || this.#seen.has(hash)) return;
    this.#seen.add(hash);
    if (this.#found++ % this.#stride === 0) this.#keep({ index, hash, quality });
  }

  #keep(frame: SampledFrame): void {
    this.#kept.push(frame);
    if (this.#kept.length <= this.maxFrames) return;
    this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
    this.#stride *= 2;
  }
}
