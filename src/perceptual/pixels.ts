/**
 * A decoded picture: 8 bits a sample, interleaved, rows from the top, no padding.
 * Channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA (alpha not premultiplied).
 */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}

const BYTES = ['[object Uint8Array]', '[object Uint8ClampedArray]'];

/** @throws RangeError when the sizes are not positive integers or the data is not bytes of exactly that size. */
export function checkPixels({ data, width, height, channels }: Pixels): void {
  const sane = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!sane || ![1, 2, 3, 4].includes(channels))
    throw new RangeError('Pixels need a width, a height and 1 to 4 channels');
  // By name: a canvas in another frame has another Uint8ClampedArray.
  if (!BYTES.includes(Object.prototype.toString.call(data))) throw new RangeError('Pixels need bytes: a Uint8Array');
  if (data.length !== width * height * channels) {
    throw new RangeError(
      `Pixels of ${width} x ${height} x ${channels} need ${width * height * channels} bytes, got ${data.length}`,
    );
  }
}
