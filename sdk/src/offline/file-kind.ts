/** What a file is by its first bytes, as far as hashing needs to know. Its name and the sender's word say nothing. */
export type FileKind =
  | { readonly kind: 'image'; readonly type: string }
  | {
      readonly kind: 'video';
      readonly type: string;
      /** ffmpeg's name of the one demuxer that may read it. */ readonly demuxer: string;
    }
  | { readonly kind: 'other'; readonly type: string | null };

/** So many first bytes decide: readers of PDF look for its header within the first KiB. */
export const KIND_BYTES = 1100;
const LATEST_PDF = 1024;

const STILL_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'mif1', 'msf1', 'avif', 'avis', 'hevc', 'hevx']);
const TS_PACKET = 188;

const image = (type: string): FileKind => ({ kind: 'image', type });
const video = (type: string, demuxer: string): FileKind => ({ kind: 'video', type, demuxer });
const other = (type: string | null): FileKind => ({ kind: 'other', type });

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

function ofBoxes(bytes: Uint8Array): FileKind {
  const brand = latin1(bytes, 8, 12);
  if (!STILL_BRANDS.has(brand)) return video('video/mp4', 'mov');
  return image(brand.startsWith('avi') ? 'image/avif' : 'image/heic');
}

function ofRiff(bytes: Uint8Array): FileKind {
  const form = latin1(bytes, 8, 12);
  if (form === 'WEBP') return image('image/webp');
  return form === 'AVI ' ? video('video/x-msvideo', 'avi') : other(null);
}

/** A Windows bitmap: reserved words of nothing and a sane header, because two letters are too few to tell it by. */
const isBitmap = (bytes: Uint8Array): boolean =>
  /^BM.{4}\0{4}.{5}\0{3}/s.test(latin1(bytes, 0, 18)) && (bytes[14] ?? 0) >= 12;

function isLatePdf(bytes: Uint8Array): boolean {
  const at = latin1(bytes, 0, KIND_BYTES).indexOf('%PDF-');
  return at >= 0 && at <= LATEST_PDF;
}

/** Never throws; fewer than {@link KIND_BYTES} bytes are fine when the file has no more. */
export function kindOf(bytes: Uint8Array): FileKind {
  const head = latin1(bytes, 0, 8);
  if (head.startsWith('\xff\xd8\xff')) return image('image/jpeg');
  if (/^(II[*+]\0|MM\0[*+])/.test(head)) return image('image/tiff');
  if (isBitmap(bytes)) return image('image/bmp');
  if (head === '\x89PNG\r\n\x1a\n') return image('image/png');
  if (/^GIF8[79]a/.test(head)) return image('image/gif');
  if (head.startsWith('RIFF')) return ofRiff(bytes);
  if (head.slice(4) === 'ftyp') return ofBoxes(bytes);
  if (head.startsWith('\x1aE\xdf\xa3')) return video('video/x-matroska', 'matroska');
  if (head.startsWith('FLV\x01')) return video('video/x-flv', 'flv');
  if (head.startsWith('\0\0\x01\xba')) return video('video/mpeg', 'mpeg');
  if (head.startsWith('OggS') && /\x80theora|OVP80|BBCD\0/.test(latin1(bytes, 0, KIND_BYTES))) {
    return video('video/ogg', 'ogg');
  }
  if (isLatePdf(bytes)) return other('application/pdf');
  if (bytes[0] === 0x47 && bytes[TS_PACKET] === 0x47 && bytes[2 * TS_PACKET] === 0x47)
    return video('video/mp2t', 'mpegts');
  if (head.startsWith('OggS')) return video('video/ogg', 'ogg');
  if (head.startsWith('0&\xb2\x75\x8e\x66\xcf\x11')) return video('video/x-ms-asf', 'asf');
  return other(null);
}
