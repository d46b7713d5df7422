import { hasMovieBoxes } from './iso-head';

/**
 * What a file is, by its first bytes and never by its name or its sender's word. Anything that a browser could run
 * (HTML, SVG) is given no type of its own, so that it is never served as one; `active` says so to intake.
 */
export type FileKind = 'image' | 'video' | 'pdf' | 'other';

export interface Sniffed {
  readonly type: string;
  readonly kind: FileKind;
  /** Markup that can carry scripts: refused or held, never decoded. */
  readonly active?: 'svg' | 'html';
}

/** Enough of the head of a file for {@link sniff}: markup may stand behind any amount of white space. */
export const SNIFF_BYTES = 65_536;
/** All that magic bytes and brands need. */
const MAGIC_BYTES = 4096;

const UNKNOWN: Sniffed = { type: 'application/octet-stream', kind: 'other' };

const ICON: Sniffed = { type: 'image/x-icon', kind: 'image' };

/** `at`: offset; `magic`: bytes as latin1 text, `?` standing for any byte. */
interface Signature {
  readonly at: number;
  readonly magic: string;
  readonly found: Sniffed;
}
const SIGNATURES: readonly Signature[] = [
  { at: 0, magic: '\xff\xd8\xff', found: { type: 'image/jpeg', kind: 'image' } },
  { at: 0, magic: '\x89PNG\r\n\x1a\n', found: { type: 'image/png', kind: 'image' } },
  { at: 0, magic: 'GIF87a', found: { type: 'image/gif', kind: 'image' } },
  { at: 0, magic: 'GIF89a', found: { type: 'image/gif', kind: 'image' } },
  { at: 0, magic: 'RIFF????WEBP', found: { type: 'image/webp', kind: 'image' } },
  { at: 0, magic: 'II*\0', found: { type: 'image/tiff', kind: 'image' } },
  { at: 0, magic: 'MM\0*', found: { type: 'image/tiff', kind: 'image' } },
  { at: 0, magic: 'II+\0\x08\0\0\0', found: { type: 'image/tiff', kind: 'image' } },
  { at: 0, magic: 'MM\0+\0\x08\0\0', found: { type: 'image/tiff', kind: 'image' } },
  // A Windows bitmap: viewers read nothing of its two reserved words; its second header has one of a few sizes.
  { at: 0, magic: 'BM????????????', found: { type: 'image/bmp', kind: 'image' } },
  // Icons and pointers, which browsers draw: PNG or bitmap inside.
  { at: 0, magic: '\0\0\x01\0??', found: ICON },
  { at: 0, magic: '\0\0\x02\0??', found: ICON },
  // Drawn by some browsers and not here.
  { at: 0, magic: '\0\0\0\x0cJXL \r\n\x87\n', found: { type: 'image/jxl', kind: 'image' } },
  { at: 0, magic: '\xff\x0a', found: { type: 'image/jxl', kind: 'image' } },
  { at: 0, magic: '\0\0\0\x0cjP  \r\n\x87\n', found: { type: 'image/jp2', kind: 'image' } },
  { at: 0, magic: '\xff\x4f\xff\x51', found: { type: 'image/jp2', kind: 'image' } },
  { at: 0, magic: '%PDF-', found: { type: 'application/pdf', kind: 'pdf' } },
  { at: 0, magic: 'RIFF????AVI ', found: { type: 'video/x-msvideo', kind: 'video' } },
  // QuickTime before there was a file type box.
  { at: 4, magic: 'moov', found: { type: 'video/quicktime', kind: 'video' } },
  { at: 4, magic: 'mdat', found: { type: 'video/quicktime', kind: 'video' } },
  { at: 4, magic: 'wide', found: { type: 'video/quicktime', kind: 'video' } },
  { at: 0, magic: 'FLV\x01', found: { type: 'video/x-flv', kind: 'video' } },
  {
    at: 0,
    magic: '\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c',
    found: { type: 'video/x-ms-asf', kind: 'video' },
  },
  { at: 0, magic: '\0\0\x01\xba', found: { type: 'video/mpeg', kind: 'video' } },
  { at: 0, magic: '\0\0\x01\xb3', found: { type: 'video/mpeg', kind: 'video' } },
  // Of media players, and not decoded here.
  { at: 0, magic: '.RMF\0', found: { type: 'video/vnd.rn-realmedia', kind: 'video' } },
  { at: 0, magic: 'DKIF\0\0', found: { type: 'video/x-ivf', kind: 'video' } },
  { at: 0, magic: 'YUV4MPEG2 ', found: { type: 'video/x-yuv4mpeg', kind: 'video' } },
  {
    at: 0,
    magic: '\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02',
    found: { type: 'video/mxf', kind: 'video' },
  },
  { at: 0, magic: 'PK\x03\x04', found: { type: 'application/zip', kind: 'other' } },
  { at: 0, magic: 'PK\x05\x06', found: { type: 'application/zip', kind: 'other' } },
];

/**
 * ISO base media brands (ISO/IEC 14496-12, 23008-12; AV1 image file format). Brands not named here are video,
 * those of sound as well: there may be pictures in it all the same, and players show them.
 */
const BRANDS: Readonly<Record<string, Sniffed>> = {
  avif: { type: 'image/avif', kind: 'image' },
  avis: { type: 'image/avif', kind: 'image' },
  heic: { type: 'image/heic', kind: 'image' },
  heix: { type: 'image/heic', kind: 'image' },
  hevc: { type: 'image/heic', kind: 'image' },
  heim: { type: 'image/heic', kind: 'image' },
  heis: { type: 'image/heic', kind: 'image' },
  'qt  ': { type: 'video/quicktime', kind: 'video' },
};
const GENERIC_IMAGE_BRANDS = ['mif1', 'msf1', 'miaf'];

/** The type by magic bytes; give it the first {@link SNIFF_BYTES} bytes, or the whole of a shorter file. */
export function sniff(bytes: Uint8Array): Sniffed {
  const whole = bytes.subarray(0, SNIFF_BYTES);
  const isCutOff = bytes.length >= SNIFF_BYTES;
  const head = latin1(bytes.subarray(0, MAGIC_BYTES));
  const known = SIGNATURES.find(({ at, magic, found }) => matches(head, at, magic) && isSound(head, found));
  if (known && known.found.kind !== 'other') return known.found;
  if (head.startsWith('ftyp', 4)) return sniffBrand(head);
  if (head.startsWith('\x1a\x45\xdf\xa3')) return sniffMatroska(head);
  if (hasMovieBoxes(whole, isCutOff)) return { type: 'video/mp4', kind: 'video' };
  const ogg = head.startsWith('OggS') ? sniffOgg(latin1(whole)) : UNKNOWN;
  if (ogg.kind === 'video') return ogg;
  if (isLatePdf(head)) return { type: 'application/pdf', kind: 'pdf' };
  if (known) return known.found;
  if (isTransportStream(head)) return { type: 'video/mp2t', kind: 'video' };
  const active = sniffMarkup(latin1(whole), isCutOff);
  return active ? { ...UNKNOWN, active } : UNKNOWN;
}

const BITMAP_HEADERS = [12, 16, 40, 52, 56, 64, 108, 124];

/** Two letters are too few to tell a bitmap by, and four bytes with one that is not 0 an icon, which has a count behind them. */
function isSound(head: string, { type }: Sniffed): boolean {
  if (type === ICON.type) return head.slice(4, 6) !== '\0\0';
  if (type !== 'image/bmp') return true;
  return BITMAP_HEADERS.includes(head.charCodeAt(14)) && /^\0{3}/.test(head.slice(15));
}

/** Readers look for the header within the first KiB (ISO 32000-1, annex H.3, note 13); the last place that it may start. */
const LATEST_PDF = 1024;

/** Before markup and archives: whatever else such a file is, a reader of PDF opens it. */
function isLatePdf(head: string): boolean {
  const at = head.indexOf('%PDF-');
  return at >= 0 && at <= LATEST_PDF;
}

/** Types that one file may rightly be called by either name of. */
const SAME = [
  // Raw formats of cameras are TIFF inside.
  [
    'image/tiff',
    'image/tif',
    'image/x-tiff',
    'image/x-adobe-dng',
    'image/dng',
    'image/x-canon-cr2',
    'image/x-nikon-nef',
  ],
  ['image/x-icon', 'image/vnd.microsoft.icon', 'image/ico', 'image/x-win-bitmap'],
  ['image/bmp', 'image/x-bmp', 'image/x-ms-bmp', 'image/x-windows-bmp'],
  ['image/jpeg', 'image/jpg', 'image/pjpeg'],
  ['image/png', 'image/x-png', 'image/apng', 'image/vnd.mozilla.apng'],
  ['image/heic', 'image/heif', 'image/heic-sequence', 'image/heif-sequence'],
  ['image/avif', 'image/heif'],
  ['video/mp4', 'video/quicktime', 'video/x-m4v', 'video/3gpp', 'audio/mp4', 'audio/m4a', 'audio/x-m4a'],
  ['video/webm', 'video/x-matroska', 'audio/webm'],
  ['video/x-msvideo', 'video/avi', 'video/msvideo', 'video/vnd.avi'],
  ['video/x-flv', 'video/flv'],
  ['video/x-ms-asf', 'video/x-ms-wmv', 'audio/x-ms-wma', 'application/vnd.ms-asf'],
  ['video/mpeg', 'video/mp2p', 'video/x-mpeg'],
  ['video/mp2t', 'video/mpeg', 'video/vnd.dlna.mpeg-tts'],
  ['video/ogg', 'application/ogg'],
  ['video/mxf', 'application/mxf'],
  ['video/vnd.rn-realmedia', 'application/vnd.rn-realmedia', 'application/vnd.rn-realmedia-vbr'],
  ['image/jp2', 'image/jpx', 'image/j2k'],
] as const;
const CHECKABLE = /^(image|video)\/|^application\/(pdf|zip)$/;

/**
 * Whether the type a sender declared cannot be true of what was found: a mislabelled file. Declaring nothing (no type,
 * or octet-stream) contradicts nothing, and a ZIP may be any of the formats that are ZIP inside.
 */
export function contradicts(declared: string | undefined, found: Sniffed): boolean {
  const said = (declared ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (said === '' || said === 'application/octet-stream' || said === 'binary/octet-stream') return false;
  if (found.active) return !said.includes(found.active) && !/xml|^text\//.test(said);
  if (said === found.type || SAME.some((names) => includes(names, said) && includes(names, found.type))) return false;
  if (found.type === UNKNOWN.type) return CHECKABLE.test(said);
  return found.type !== 'application/zip' || CHECKABLE.test(said);
}

function includes(names: readonly string[], name: string): boolean {
  return names.includes(name);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function matches(head: string, at: number, magic: string): boolean {
  if (head.length < at + magic.length) return false;
  return Array.from(magic).every((wanted, i) => wanted === '?' || head[at + i] === wanted);
}

/**
 * The first brand that is an image's, the major one before the compatible ones, as browsers draw it by any of them; of a
 * file without one the major brand decides which kind of film it is.
 */
function sniffBrand(head: string): Sniffed {
  const size = Math.min(headBoxSize(head), head.length);
  const major = head.slice(8, 12);
  const named = BRANDS[major];
  if (named?.kind === 'image') return named;
  for (let at = 16; at + 4 <= size; at += 4) {
    const compatible = BRANDS[head.slice(at, at + 4)];
    if (compatible?.kind === 'image') return compatible;
  }
  if (GENERIC_IMAGE_BRANDS.includes(major)) return { type: 'image/heif', kind: 'image' };
  return named ?? { type: 'video/mp4', kind: 'video' };
}

function headBoxSize(head: string): number {
  return [0, 1, 2, 3].reduce((size, at) => size * 256 + head.charCodeAt(at), 0);
}

/** EBML: the DocType element (0x4282) tells WebM from Matroska. */
function sniffMatroska(head: string): Sniffed {
  const webm = /\x42\x82[\x80-\xff]webm/.test(head.slice(0, 128));
  return { type: webm ? 'video/webm' : 'video/x-matroska', kind: 'video' };
}

/** Ogg: the first pages carry each stream's first packet, which names its codec; Skeleton and sound alone are no video. */
function sniffOgg(head: string): Sniffed {
  const moving = head.includes('\x80theora') || head.includes('OVP80') || head.includes('BBCD\0');
  return moving ? { type: 'video/ogg', kind: 'video' } : UNKNOWN;
}

/** Where players still fall into step with a stream that has something before it. */
const LATEST_PACKET = 2048;

/**
 * MPEG transport stream (ISO/IEC 13818-1): packets of 188 bytes that start with 0x47; 192 with a time before each (M2TS), 204
 * with a correction behind. Behind other bytes it takes more of them to tell.
 */
function isTransportStream(head: string): boolean {
  const inStep = (at: number, length: number, packets: number): boolean => {
    for (let packet = 0; packet < packets; packet++) if (head[at + packet * length] !== '\x47') return false;
    return true;
  };
  if (inStep(0, 188, 4) || inStep(4, 192, 4)) return true;
  for (let at = head.indexOf('\x47'); at >= 0 && at <= LATEST_PACKET; at = head.indexOf('\x47', at + 1)) {
    if ([188, 192, 204].some((length) => inStep(at, length, 8))) return true;
  }
  return false;
}

/**
 * Markup by its first tag, after byte order marks, white space, comments and the XML declaration; UTF-16 read as well. What
 * has no tag in a `full` head, and nothing but what stands before one, may have it behind: it is taken for a picture.
 */
function sniffMarkup(head: string, full: boolean): 'svg' | 'html' | undefined {
  const text = head
    .replaceAll('\0', '')
    .replace(/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .toLowerCase();
  const start = text.replace(/^(\s+|<\?[^>]*>|<!--[\s\S]*?(-->|$))+/, '');
  if (/^<(svg|!doctype svg|[a-z]+:svg)\b/.test(start)) return 'svg';
  if (/^<(!doctype html|html|head|body|script|iframe|title|meta|style|link|table|div|p|a|img|br|h1)\b/.test(start)) {
    return 'html';
  }
  if (full && (start === '' || /^<[!?]/.test(start))) return 'svg';
  if (!start.startsWith('<')) return undefined;
  return /<svg[\s>]/.test(text) ? 'svg' : /<(html|script)[\s>]/.test(text) ? 'html' : undefined;
}
