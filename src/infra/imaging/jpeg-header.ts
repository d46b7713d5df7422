/** What the frame header of a JPEG says (ITU-T T.81, B.2.2). */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 colour, 4 CMYK. */
  readonly components: number;
}

/** SOF0 to SOF15 without DHT, JPG and DAC, which share their range. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/**
 * The header of a JPEG of 8 bits a sample, without opening it: a decoder that is asked for it takes as long as a tenth of
 * decoding a megapixel. Null for whatever is not plainly one, which the decoder is then asked about.
 */
export function jpegHeader(bytes: Uint8Array): JpegHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 10 <= bytes.length && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (isFrame(marker)) return frameAt(view, at);
    // Of the markers before the frame all have a length; anything else is not a JPEG that needs no questions.
    if (marker < 0xc4 || (marker >= 0xd0 && marker <= 0xda)) return null;
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

function frameAt(view: DataView, at: number): JpegHeader | null {
  const [precision, height, width] = [view.getUint8(at + 4), view.getUint16(at + 5), view.getUint16(at + 7)];
  const components = view.getUint8(at + 9);
  // A height of 0 is given after the first scan (DNL).
  if (precision !== 8 || width === 0 || height === 0 || ![1, 3, 4].includes(components)) return null;
  return { width, height, components };
}

/** How many scans a JPEG has at most (SOS; the mark may also stand in a thumbnail or a comment). */
export function jpegScans(bytes: Uint8Array): number {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let scans = 0;
  for (let at = view.indexOf(SOS); at >= 0; at = view.indexOf(SOS, at + 2)) scans++;
  return scans;
}

const SOS = Buffer.from([0xff, 0xda]);
