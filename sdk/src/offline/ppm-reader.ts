import type { Pixels } from '../../../src/perceptual/pixels';

/** More than any film: 8K is 33 megapixels. */
const MAX_PIXELS = 40e6;
const HEADER = /^P6\s(\d{1,6})\s(\d{1,6})\s255\s/;
const HEADER_BYTES = 32;

/** Pictures out of a stream of binary PPM (netpbm), the one raw form that states the size of each. Holds one picture. */
export class PpmReader {
  #pending: Buffer = Buffer.alloc(0);
  #picture: { readonly width: number; readonly height: number; readonly data: Uint8Array; filled: number } | null =
    null;

  constructor(private readonly onPicture: (pixels: Pixels) => void) {}

  /** @throws RangeError when the stream is no PPM */
  push(piece: Buffer): void {
    let rest = this.#pending.length > 0 ? Buffer.concat([this.#pending, piece]) : piece;
    for (;;) {
      const picture = this.#picture;
      if (picture) {
        const taken = rest.subarray(0, picture.data.length - picture.filled);
        picture.data.set(taken, picture.filled);
        picture.filled += taken.length;
        rest = rest.subarray(taken.length);
        if (picture.filled < picture.data.length) break;
        this.#picture = null;
        this.onPicture({ data: picture.data, width: picture.width, height: picture.height, channels: 3 });
      }
      const begun = this.#begin(rest);
      if (begun === 0) break;
      rest = rest.subarray(begun);
    }
    this.#pending = Buffer.from(rest);
  }

  /** Bytes of the header that was read; 0 when it is not whole yet. */
  #begin(rest: Buffer): number {
    const found = HEADER.exec(rest.subarray(0, HEADER_BYTES).toString('latin1'));
    if (!found) {
      if (rest.length >= HEADER_BYTES) throw new RangeError('Not a stream of PPM pictures');
      return 0;
    }
    const [head, width, height] = [found[0], Number(found[1]), Number(found[2])];
    if (width * height === 0 || width * height > MAX_PIXELS) throw new RangeError('A picture of no or too many pixels');
    this.#picture = { width, height, data: new Uint8Array(width * height * 3), filled: 0 };
    return head.length;
  }
}
