import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createDeflate, deflateSync } from 'node:zlib';
import { assemble, pdfFile, SHAPES } from '../../../test/support/pdfs';
import { hammingDistance } from '../../perceptual/hamming';
import { PDQ_MATCH_RADIUS } from '../../perceptual/pdq';
import { readPdfAnswer } from './pdf-answer';
import { normaliseText, textDigest } from './pdf-text';
import { PdfHasher } from './pdf';
import type { PdfHashes, PdfLimits } from './pdf';

const never = new AbortController().signal;
const hash = (file: Buffer, limits: Partial<PdfLimits> = {}): Promise<PdfHashes> =>
  new PdfHasher(limits).hash(Readable.from([file], { objectMode: false }), { signal: never });

const TEXT = 'A notice is a text that one body sends to another,\nand this one is long enough to be told by its words.';
const OTHER = SHAPES.replace('50 100 200 300', '350 500 200 300').replace('300 300 m 500 600', '30 30 m 60 700');

/** One page of one stream of bytes, which need not be text. */
function withStream(stream: Buffer, filter: string, dictionary = '', page = ''): Buffer {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Count 1/Kids[3 0 R]>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R${page}>>`,
    `<</Length ${stream.length}/Filter${filter}${dictionary}>>stream\n${stream.toString('latin1')}\nendstream`,
  ];
  return assemble(objects, 1);
}

async function deflated(part: Buffer, times: number): Promise<Buffer> {
  const deflate = createDeflate({ level: 1 });
  const parts: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => parts.push(chunk));
  for (let i = 0; i < times; i++) {
    if (!deflate.write(part)) await new Promise((resolve) => deflate.once('drain', resolve));
  }
  await new Promise<void>((resolve) => deflate.end(() => resolve()));
  return Buffer.concat(parts);
}

describe('a PDF by its text and by the look of its pages', () => {
  it('has the same hashes when another program has saved it', async () => {
    const first = await hash(pdfFile({ text: TEXT, drawing: SHAPES }));
    const again = await hash(pdfFile({ text: TEXT, drawing: SHAPES, padding: 7, version: '1.7', trailer: '/X(y)' }));
    expect(first).toMatchObject({ pageCount: 1, incomplete: null });
    expect(first.pages[0]?.quality).toBeGreaterThanOrEqual(50);
    expect(again).toEqual(first);
  });

  it('is told from one that looks otherwise, and from one that says something else', async () => {
    const one = await hash(pdfFile({ text: TEXT, drawing: SHAPES }));
    const looks = await hash(pdfFile({ text: TEXT, drawing: OTHER }));
    const says = await hash(pdfFile({ text: TEXT.replace('long', 'short'), drawing: SHAPES }));
    expect(looks.textSha256).toBe(one.textSha256);
    expect(hammingDistance(looks.pages[0]!.hash, one.pages[0]!.hash)).toBeGreaterThan(PDQ_MATCH_RADIUS);
    expect(says.textSha256).not.toBe(one.textSha256);
    expect(hammingDistance(says.pages[0]!.hash, one.pages[0]!.hash)).toBeLessThanOrEqual(PDQ_MATCH_RADIUS);
  });

  it('has no text hash where there is too little text to say anything', async () => {
    const { textSha256, textCharacters, pages } = await hash(pdfFile({ text: 'Page 1 of 1', drawing: SHAPES }));
    expect({ textSha256, textCharacters }).toEqual({ textSha256: null, textCharacters: 11 });
    expect(pages).toHaveLength(1);
  });

  it('has the hash of the text that a person would copy out of it, in one plain form', async () => {
    const { textSha256, textCharacters } = await hash(pdfFile({ text: TEXT }));
    const plain = TEXT.replace('\n', ' ').toLowerCase();
    expect(textSha256).toBe(textDigest([plain]).textSha256);
    expect(textCharacters).toBe(plain.length);
  });

  it('draws the first pages only, reads the text of all, and gives no text hash to more pages than it reads', async () => {
    const file = pdfFile({ text: TEXT, drawing: SHAPES, pages: 5 });
    const some = await hash(file, { maxPages: 2 });
    expect(some.pages.map(({ page }) => page)).toEqual([1, 2]);
    expect(some).toMatchObject({ pageCount: 5, incomplete: null, textSha256: (await hash(file)).textSha256 });
    expect((await hash(file, { maxPages: 2, maxTextPages: 4 })).textSha256).toBeNull();
  });

  it('draws a page of any size at the same number of pixels', async () => {
    const poster = await hash(pdfFile({ drawing: SHAPES, paper: [14_400, 14_400] }));
    const vast = await hash(pdfFile({ drawing: SHAPES, paper: [1e9, 1e-3] }));
    expect(poster.pages).toHaveLength(1);
    expect(vast.pageCount).toBe(1);
  });
});

describe('a script in a PDF', () => {
  const script =
    '/OpenAction<</S/JavaScript/JS(while \\(true\\) { this.addField\\("x", "text", 0, [0, 0, 600, 800]\\); })>>';

  it('does not run: the document reads as it does without', async () => {
    const plain = await hash(pdfFile({ text: TEXT, drawing: SHAPES }));
    expect(await hash(pdfFile({ text: TEXT, drawing: SHAPES, catalogue: script }))).toEqual(plain);
  });

  it('could not: the build has no script engine, no network and no way out but memory files and the clock', () => {
    const bytes = readFileSync(require.resolve('@hyzyla/pdfium/pdfium.wasm'));
    // What names V8's own objects and PDFium's binding to it in every build that has them.
    for (const trace of ['v8::', 'CJS_Runtime', 'cjs_', 'isolate']) expect(bytes.includes(trace)).toBe(false);
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes)).map(({ name }) => name);
    expect(
      imports.filter((name) => /sock|connect|fetch|http|run_script|asm_const|system|exec|fork/i.test(name)),
    ).toEqual([]);
  });
});

describe('a hostile or broken PDF', () => {
  it('is refused when it opens only with a password, or is encrypted in an unknown way', async () => {
    const id = '/ID[(1234567890123456)(1234567890123456)]';
    const password = `/Encrypt<</Filter/Standard/V 1/R 2/O(${'x'.repeat(32)})/U(${'y'.repeat(32)})/P -4>>${id}`;
    for (const trailer of [password, `/Encrypt<</Filter/Strange/V 9/R 9>>${id}`]) {
      await expect(hash(pdfFile({ text: TEXT, trailer }))).rejects.toMatchObject({ code: 'pdf.encrypted' });
    }
  });

  it('is refused as truncated when too little is left to open it, and read as far as it goes otherwise', async () => {
    const file = pdfFile({ text: TEXT, drawing: SHAPES });
    for (const share of [0.9, 0.5, 0.1]) {
      const cut = file.subarray(0, Math.floor(file.length * share));
      await expect(hash(cut)).rejects.toMatchObject({ code: 'pdf.truncated' });
    }
    const whole = await hash(file);
    const shorter = await hash(file.subarray(0, file.length - 8));
    expect(shorter).toEqual({ ...whole, incomplete: 'pdf.truncated' });
  });

  it('is refused as undecodable when it is none inside', async () => {
    const nonsense = Buffer.from(`%PDF-1.7\n${'nonsense '.repeat(1000)}\n%%EOF\n`);
    await expect(hash(nonsense)).rejects.toMatchObject({ code: 'pdf.undecodable' });
    await expect(hash(pdfFile({ pages: 0 }))).rejects.toMatchObject({ code: 'pdf.undecodable' });
  });

  it('is refused when it has more bytes than allowed or than declared, or fewer', async () => {
    const file = pdfFile({ text: TEXT });
    await expect(hash(file, { maxBytes: 100 })).rejects.toMatchObject({ code: 'pdf.too-large' });
    const declared = (declaredSize: number): Promise<PdfHashes> =>
      new PdfHasher().hash(Readable.from([file]), { declaredSize, signal: never });
    await expect(declared(file.length - 1)).rejects.toMatchObject({ code: 'pdf.too-large' });
    await expect(declared(file.length + 1)).rejects.toMatchObject({ code: 'pdf.truncated' });
    await expect(declared(2 ** 40)).rejects.toMatchObject({ code: 'pdf.too-large' });
  });

  it('gets no more memory than it may: a page of 400 MB of strokes in 2 MB is refused', async () => {
    const strokes = await deflated(Buffer.from('0 0 m 500 700 l S\n'.repeat(20_000)), 1200);
    expect(strokes.length).toBeLessThan(3e6);
    const file = withStream(strokes, '/FlateDecode');
    await expect(hash(file, { wasmPages: 4096 })).rejects.toMatchObject({ code: 'pdf.too-large' });
  });

  it('ends where it contains itself', async () => {
    const form = deflateSync(Buffer.from('/F Do /F Do /F Do'));
    const itself = '/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</F 4 0 R>>>>';
    const file = withStream(form, '/FlateDecode', itself, '/Resources<</XObject<</F 4 0 R>>>>');
    const result = await hash(file, { readMs: 10_000 }).catch((error: unknown) => error);
    expect(result).toMatchObject(
      result instanceof Error ? { code: expect.stringMatching(/^pdf\./) } : { pageCount: 1 },
    );
  });

  it('is given up at the time limit, with the pages that were ready, or with the signal', async () => {
    const file = pdfFile({ text: TEXT, drawing: SHAPES, pages: 50 });
    const late = await hash(file, { readMs: 1 }).catch((error: unknown) => error);
    expect(late).toMatchObject(late instanceof Error ? { code: 'pdf.timeout' } : { incomplete: 'pdf.timeout' });
    const signal = AbortSignal.timeout(50);
    const job = new PdfHasher().hash(Readable.from([file]), { signal });
    await expect(job).rejects.toBe(await aborted(signal));
  });

  it('leaves the failure of its source to whoever gave it', async () => {
    const failing = Readable.from(
      (async function* () {
        yield Promise.resolve(Buffer.from('%PDF-1.4'));
        throw new Error('the store went away');
      })(),
    );
    await expect(new PdfHasher().hash(failing, { signal: never })).rejects.toThrow('the store went away');
  });
});

async function aborted(signal: AbortSignal): Promise<unknown> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  return signal.reason;
}

describe('the one form of a text', () => {
  it.each([
    ['  A\t\r\n  B\u00a0C \f', 'a b c'],
    ['Of\ufb01ce Stra\u00dfe', 'office straße'],
    ['e\u0301tude', '\u00e9tude'],
    ['no\u00adtice no\u0002tice\u200b\ufeff \ufffe', 'notice notice'],
    ['\uff21\uff22\u3000\uff23', 'ab c'],
    ['\u202eabc\u202c', 'abc'],
    ['\ud800x', 'x'],
  ])('of %j is %j', (text, normal) => {
    expect(normaliseText(text)).toBe(normal);
    expect(normaliseText(normal)).toBe(normal);
  });

  it('needs 64 characters to be hashed', () => {
    expect(textDigest(['x'.repeat(63)]).textSha256).toBeNull();
    expect(textDigest(['x'.repeat(64)]).textSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(textDigest(['x'.repeat(32), 'y'.repeat(32)]).textSha256).toBe(
      textDigest([`${'x'.repeat(32)} ${'Y'.repeat(32)}`]).textSha256,
    );
  });
});

describe('what a reading process says', () => {
  const hash256 = 'a'.repeat(64);
  it.each([
    undefined,
    'text',
    {},
    { fault: 'storage.full' },
    { page: { page: 1, hash: 'A'.repeat(64), quality: 50 } },
    { page: { page: 1, hash: hash256, quality: 101 } },
    { page: { page: -1, hash: hash256, quality: 1 } },
    { text: { pageCount: 1, textSha256: undefined, textCharacters: 1 } },
    { text: { pageCount: NaN, textSha256: null, textCharacters: 1 } },
  ])('is not believed when it is %j', (message) => {
    expect(readPdfAnswer(message)).toBeNull();
  });

  it('is read without anything that is added to it', () => {
    expect(readPdfAnswer({ page: { page: 1, hash: hash256, quality: 50, more: 1 }, extra: 2 })).toEqual({
      page: { page: 1, hash: hash256, quality: 50 },
    });
  });
});
