import { svgFile } from '../../../test/support/images';
import { contradicts, sniff } from './magic';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const ftyp = (major: string, ...compatible: string[]): Uint8Array =>
  bytes(`\0\0\0${String.fromCharCode(16 + 4 * compatible.length)}ftyp${major}\0\0\0\0${compatible.join('')}mdat`);

describe('the type by magic bytes', () => {
  it.each([
    ['\xff\xd8\xff\xe0\0\x10JFIF', 'image/jpeg', 'image'],
    ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'image/png', 'image'],
    ['GIF89a', 'image/gif', 'image'],
    ['RIFF\x10\0\0\0WEBPVP8 ', 'image/webp', 'image'],
    ['RIFF\x10\0\0\0WAVEfmt ', 'application/octet-stream', 'other'],
    ['%PDF-1.7', 'application/pdf', 'pdf'],
    [' %PDF-1.7', 'application/pdf', 'pdf'],
    [`${'\n'.repeat(1024)}%PDF-1.7`, 'application/pdf', 'pdf'],
    [`${'\n'.repeat(1025)}%PDF-1.7`, 'application/octet-stream', 'other'],
    ['<html><!-- %PDF-1.7', 'application/pdf', 'pdf'],
    ['PK\x03\x04 %PDF-1.7', 'application/pdf', 'pdf'],
    ['\xff\xd8\xff\xe0 %PDF-1.7', 'image/jpeg', 'image'],
    [`G${'\0'.repeat(187)}`.repeat(4) + '%PDF-', 'application/pdf', 'pdf'],
    ['\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x0dfree%PDF-', 'video/mp4', 'video'],
    ['II*\0\x08\0\0\0', 'image/tiff', 'image'],
    ['MM\0*\0\0\0\x08', 'image/tiff', 'image'],
    ['PK\x03\x04\x14', 'application/zip', 'other'],
    ['\x1a\x45\xdf\xa3\x93\x42\x82\x84webm', 'video/webm', 'video'],
    ['\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska', 'video/x-matroska', 'video'],
    ['RIFF\x10\0\0\0AVI LIST', 'video/x-msvideo', 'video'],
    ['FLV\x01\x05', 'video/x-flv', 'video'],
    ['\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c', 'video/x-ms-asf', 'video'],
    ['\0\0\x01\xba\x44', 'video/mpeg', 'video'],
    [`G${'\0'.repeat(187)}`.repeat(4), 'video/mp2t', 'video'],
    [`\0\0\0\0G${'\0'.repeat(187)}`.repeat(4), 'video/mp2t', 'video'],
    [`G${'\0'.repeat(187)}`.repeat(3), 'application/octet-stream', 'other'],
    ['OggS\0\x02\0\0\0\0\0\0\0\0\x80theora', 'video/ogg', 'video'],
    ['OggS\0\x02\0\0\0\0\0\0\0\0OpusHead', 'application/octet-stream', 'other'],
    ['\0\0\0\x08wide\0\0\0\x08mdat', 'video/quicktime', 'video'],
    ['', 'application/octet-stream', 'other'],
    ['\xff\xd8', 'application/octet-stream', 'other'],
    ['plain words', 'application/octet-stream', 'other'],
  ])('takes %j for %s', (head, type, kind) => {
    expect(sniff(bytes(head))).toEqual({ type, kind });
  });

  it('tells the children of ISO base media by their brands', () => {
    expect(sniff(ftyp('isom', 'mp42')).type).toBe('video/mp4');
    expect(sniff(ftyp('qt  ')).type).toBe('video/quicktime');
    expect(sniff(ftyp('avif', 'mif1')).type).toBe('image/avif');
    expect(sniff(ftyp('mif1', 'miaf', 'heic')).type).toBe('image/heic');
    expect(sniff(ftyp('mif1', 'mif1', 'avif')).type).toBe('image/avif');
    expect(sniff(ftyp('mif1')).type).toBe('image/heif');
  });

  it.each<readonly [string, Uint8Array, string, string]>([
    ['that calls itself sound', ftyp('M4A ', 'isom'), 'video/mp4', 'video'],
    ['that calls itself a spoken book', ftyp('M4B '), 'video/mp4', 'video'],
    ...['free', 'skip', 'uuid', 'udta', 'styp', 'moof'].map(
      (box) =>
        [
          `with a box ${box} before its type`,
          bytes(`\0\0\0\x08${box}\0\0\0\x14ftypisom`),
          'video/mp4',
          'video',
        ] as const,
    ),
    ['whose picture brand is not its first', ftyp('isom', 'mp42', 'avif'), 'image/avif', 'image'],
    ['whose picture brand stands behind that of sound', ftyp('M4A ', 'avif', 'mif1'), 'image/avif', 'image'],
  ])('looks at a film or picture %s, because players and browsers do', (_, file, type, kind) => {
    expect(sniff(file)).toEqual({ type, kind });
  });

  it.each([
    ['a box that nobody knows', '\0\0\0\x0cabcd1234\0\0\0\x14ftypisom'],
    ['a box of a type that is no text', '\0\0\0\x0c\x01\x02\x03\x041234\0\0\0\x08moov'],
    ['a long box with 64 bits of size', '\0\0\0\x01abcd\0\0\0\0\0\0\0\x141234\0\0\0\x14ftypisom'],
    ['numbers too small for a size', `${'\0\0\0\x02'.repeat(5)}\0\0\0\x14ftypisom`],
    ['more of one than is read', `\0\x02\0\0abcd${'x'.repeat(70_000)}`],
  ])('looks at a film with %s before its type, because players pass over that', (_, file) => {
    expect(sniff(bytes(file))).toEqual({ type: 'video/mp4', kind: 'video' });
  });

  it.each([
    ['a sentence', 'Get free tickets for the moov'],
    ['a box that ends behind the file', '\0\x02\0\0abcd'],
    ['zeros', '\0'.repeat(70_000)],
    ['small numbers', '\0\0\0\x05'.repeat(20_000)],
    ['a font', `\0\x01\0\0\0\x10\x01\0${'x'.repeat(70_000)}`],
    ['letters in step', `${'-'.repeat(100)}G${'\0'.repeat(187)}`.repeat(5)],
  ])('takes nothing for a film that is none: %s', (_, file) => {
    expect(sniff(bytes(file)).kind).toBe('other');
  });

  it.each([
    ['a transport stream behind other bytes', 'x'.repeat(1000) + `G${'\0'.repeat(187)}`.repeat(8), 'video/mp2t'],
    ['one with a correction behind each packet', `G${'\0'.repeat(203)}`.repeat(8), 'video/mp2t'],
    ['Ogg with its film behind much sound', `OggS${'\0'.repeat(9000)}\x80theora`, 'video/ogg'],
    ['a picture that is not decoded here', '\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl ', 'image/jxl'],
    ['another', '\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 ', 'image/jp2'],
  ])('knows %s', (_, file, type) => {
    expect(sniff(bytes(file))).toEqual({ type, kind: type.split('/')[0] });
  });

  it('knows icons, pointers and bitmaps with anything in their reserved bytes for pictures', () => {
    const icon = bytes('\0\0\x01\0\x01\0\0\0\0\0\x01\0\x20\0');
    expect(sniff(icon)).toEqual({ type: 'image/x-icon', kind: 'image' });
    expect(sniff(bytes('\0\0\x02\0\x01\0\x20\x20')).kind).toBe('image');
    expect(sniff(bytes('\0\0\x01\0\0\0\0\0')).kind).toBe('other');
    expect(sniff(bytes('BM\x36\0\0\0\x01\x02\x03\x04\x36\0\0\0\x28\0\0\0')).type).toBe('image/bmp');
    expect(contradicts('image/vnd.microsoft.icon', sniff(icon))).toBe(false);
  });

  it.each([
    ['<svg xmlns="x">', 'svg'],
    ['\xef\xbb\xbf  <?xml version="1.0"?><!-- a\n b --><svg>', 'svg'],
    ['<?xml version="1.0"?><!DOCTYPE svg PUBLIC "x">', 'svg'],
    ['\xff\xfe<\0s\0v\0g\0 \0', 'svg'],
    ['<x:svg xmlns:x="http://www.w3.org/2000/svg">', 'svg'],
    ['<!DOCTYPE HTML><title>', 'html'],
    ['\n<!-- c --><ScRiPt>', 'html'],
    ['<unknown><html>', 'html'],
  ])('gives markup %j no type of its own, but says that it is %s', (head, active) => {
    expect(sniff(bytes(head))).toEqual({ type: 'application/octet-stream', kind: 'other', active });
  });

  it.each([5_000, 60_000])('knows markup behind %i bytes of white space', (length) => {
    const padded = (text: string): Uint8Array => Buffer.concat([Buffer.alloc(length, ' \t\r\n'), Buffer.from(text)]);
    expect(sniff(padded('<svg xmlns="x">')).active).toBe('svg');
    expect(sniff(padded('<?xml version="1.0"?>\n<svg>')).active).toBe('svg');
    expect(sniff(padded('<!doctype html>')).active).toBe('html');
    expect(sniff(padded('words')).active).toBeUndefined();
  });

  it.each([
    ['a comment', `<!--${'x'.repeat(70_000)}--><svg>`],
    ['white space', `${' '.repeat(70_000)}<svg>`],
    ['an instruction', `<?x ${'x'.repeat(70_000)}?><svg>`],
    ['a document type', `<!DOCTYPE x [${' '.repeat(70_000)}]><svg>`],
  ])('takes what has nothing but %s as far as it is read for markup that may draw something', (_, text) => {
    expect(sniff(bytes(text)).active).toBe('svg');
  });

  it('calls a file mislabelled only where the declared type cannot be true', () => {
    const jpeg = sniff(bytes('\xff\xd8\xff\xe0'));
    expect(contradicts('image/png', jpeg)).toBe(true);
    expect(contradicts('text/plain', jpeg)).toBe(true);
    expect(contradicts('Image/JPG; q=1', jpeg)).toBe(false);
    expect(contradicts('application/octet-stream', jpeg)).toBe(false);
    expect(contradicts(undefined, jpeg)).toBe(false);
    expect(contradicts('image/heif', sniff(ftyp('heic')))).toBe(false);
    expect(contradicts('image/jpeg', sniff(bytes('plain words')))).toBe(true);
    expect(contradicts('text/plain', sniff(bytes('plain words')))).toBe(false);
    expect(contradicts('application/epub+zip', sniff(bytes('PK\x03\x04')))).toBe(false);
    expect(contradicts('image/png', sniff(bytes('PK\x03\x04')))).toBe(true);
    expect(contradicts('video/avi', sniff(bytes('RIFF\x10\0\0\0AVI LIST')))).toBe(false);
    expect(contradicts('video/mp4', sniff(bytes('RIFF\x10\0\0\0AVI LIST')))).toBe(true);
    expect(contradicts('video/mp4', sniff(bytes('#EXTM3U')))).toBe(true);
    expect(contradicts('audio/opus', sniff(bytes('OggS\0\x02OpusHead')))).toBe(false);
    expect(contradicts('image/svg+xml', sniff(svgFile()))).toBe(false);
    expect(contradicts('image/png', sniff(svgFile()))).toBe(true);
  });
});
