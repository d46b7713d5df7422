import * as fc from 'fast-check';
import PdfDocument from 'pdfkit';
import { anyForm, ONE_OF_EACH } from '../../../test/support/forms';
import { formBytes } from '../../domain/forms/forms';
import { isFormLanguage, FORM_LANGUAGES } from '../../domain/forms/languages';
import { ATTACHMENT_LIMITS } from './attachments';
import { readForm, readSignedForm } from './read-form';
import { renderForm } from './render-form';

const [first] = ONE_OF_EACH;

/** A PDF of somebody else, with these attachments. */
async function foreign(
  files: Readonly<Record<string, string | Buffer>>,
  more: PDFKit.PDFDocumentOptions = {},
): Promise<Buffer> {
  const document = new PdfDocument(more);
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const end = new Promise((resolve) => document.on('end', resolve));
  for (const [name, content] of Object.entries(files)) document.file(Buffer.from(content), { name });
  document.text('A page').end();
  await end;
  return Buffer.concat(chunks);
}

const json = (value: unknown): string => JSON.stringify(value);

describe('a form as a PDF', () => {
  it('comes back from it as the same value, whatever form, language and script', async () => {
    const languages = Object.keys(FORM_LANGUAGES).filter(isFormLanguage);
    await fc.assert(
      fc.asyncProperty(anyForm, fc.constantFrom(...languages), async (form, language) => {
        expect(await readForm(await renderForm(form, language))).toEqual(form);
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  it.each(ONE_OF_EACH)('is the same bytes each time it is drawn: $form', async (form) => {
    const [one, two] = [await renderForm(form, 'de'), await renderForm(form, 'de')];
    expect(Buffer.from(one).equals(Buffer.from(two))).toBe(true);
  });

  it('gives back the JWS that came with it, byte for byte', async () => {
    const jws = { kid: 'a-key', compact: 'eyJhbGciOiJFZERTQSJ9..c2lnbmF0dXJl' };
    expect(await readSignedForm(await renderForm(first!, 'en', { jws }))).toEqual({ form: first, jws: jws.compact });
  });

  it('has nothing active in it', async () => {
    const text = Buffer.from(await renderForm(first!, 'en')).toString('latin1');
    expect(text).not.toMatch(/\/(JavaScript|JS|OpenAction|AA|Launch|URI|SubmitForm|AcroForm|RichMedia)\b/);
    expect(text).toMatch(/\/MarkInfo/);
    expect(text).toMatch(/\/Lang \(en\)/);
  });
});

describe('a PDF that is no form', () => {
  it('says that it carries none', async () => {
    await expect(readForm(await foreign({}))).rejects.toMatchObject({ code: 'form.missing' });
    await expect(readForm(await foreign({ 'other.json': '{}' }))).rejects.toMatchObject({ code: 'form.missing' });
  });

  it.each(['', 'null', 'not JSON', '{"form":"annex-i"}', '{"content":{},"form":"annex-ix","v":1}', '{"content":{},"form":"annex-i","v":2}', Buffer.from([0xff, 0xfe])])(
    'says that its form.json is none: %j',
    async (content) => {
      const pdf = await foreign({ 'form.json': content.length === 0 ? ' ' : content });
      await expect(readForm(pdf)).rejects.toMatchObject({ code: 'form.damaged' });
    },
  ); // prettier-ignore

  it('refuses the same value in other bytes than the canonical ones', async () => {
    const pdf = await foreign({ 'form.json': JSON.stringify(first, null, 1) });
    await expect(readForm(pdf)).rejects.toMatchObject({ code: 'form.damaged' });
  });

  it('names each fault of a form with its place', async () => {
    const pdf = await foreign({ 'form.json': json({ content: { a: 1 }, form: 'annex-i', v: 1 }) });
    await expect(readForm(pdf)).rejects.toMatchObject({
      code: 'request.invalid',
      faults: expect.arrayContaining([{ pointer: '/content/b', detail: 'is missing' }]),
    });
  });

  it('is refused as cut, wherever it was cut', async () => {
    const whole = Buffer.from(await renderForm(first!, 'en'));
    for (const share of [0.999, 0.5, 0.1]) {
      const cut = whole.subarray(0, Math.floor(whole.length * share));
      await expect(readForm(cut)).rejects.toMatchObject({ code: 'pdf.truncated' });
    }
    await expect(readForm(Buffer.alloc(0))).rejects.toMatchObject({ code: 'pdf.undecodable' });
    await expect(readForm(Buffer.from('%PDF-1.7\nnonsense\n%%EOF'))).rejects.toMatchObject({ code: 'pdf.undecodable' });
  });

  it('is refused when its form unpacks to more than a form may have, and when it needs more memory', async () => {
    const bomb = await foreign({ 'form.json': Buffer.alloc(20 * 2 ** 20, ' ') });
    expect(bomb.length).toBeLessThan(100_000);
    await expect(readForm(bomb)).rejects.toMatchObject({ code: 'form.too-large' });
    const vast = await foreign({ 'form.json': Buffer.alloc(90 * 2 ** 20, ' ') });
    const answer = await readSignedForm(vast, { ...ATTACHMENT_LIMITS, wasmPages: 1024 }).catch(
      (error: unknown) => error,
    );
    expect(answer).toMatchObject({ code: expect.stringMatching(/^(pdf|form)\.too-large$/) });
  }, 60_000);

  it('is refused when it opens only with a password', async () => {
    const locked = await foreign(
      { 'form.json': Buffer.from(formBytes(first!)) },
      { userPassword: 'x', pdfVersion: '1.7' },
    );
    await expect(readForm(locked)).rejects.toMatchObject({ code: 'pdf.encrypted' });
  });

  it('is refused before it is read when it is larger than any form', async () => {
    const limits = { ...ATTACHMENT_LIMITS, maxBytes: 100 };
    await expect(readSignedForm(await foreign({}), limits)).rejects.toMatchObject({ code: 'pdf.too-large' });
  });
});
