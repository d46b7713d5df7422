import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { flattenedVerify, importJWK } from 'jose';
import PdfDocument from 'pdfkit';
import { ONE_OF_EACH, ORDER } from '../../test/support/forms';
import { annexI, formBytes, type Form } from '../../src/domain/forms/forms';
import { jwkOf, jwsOf, thumbprintOf, type AuthorityJwks } from '../../src/domain/forms/jws';
import { newEd25519, signerOf } from '../../src/notices/forms/ed25519';
import { renderForm } from '../../src/notices/forms/render-form';
import { main } from './cli';
import { openForm, parseKeys, verifyForm } from './forms';

const { seed, publicKey } = newEd25519();
const kid = thumbprintOf(publicKey);
const keys: AuthorityJwks = { keys: [jwkOf(newEd25519().publicKey), jwkOf(publicKey)] };
const sign = (form: Form): string => jwsOf(form, kid, signerOf(seed));
const [first] = ONE_OF_EACH;
const drawn = (form: Form): Promise<Uint8Array> => renderForm(form, 'en', { jws: { kid, compact: sign(form) } });

describe('a signed form, offline', () => {
  it.each(ONE_OF_EACH)('is verified from its PDF: $form', async (form) => {
    const opened = openForm(await drawn(form));
    expect(opened.form).toEqual(form);
    expect(verifyForm(opened.form, opened.jws!, keys)).toEqual({ ok: true, kid });
  });

  it('is a JWS that another library verifies with its content put back (RFC 7515, appendix F)', async () => {
    const [header = '', , signature = ''] = sign(first!).split('.');
    const payload = Buffer.from(formBytes(first!)).toString('base64url');
    const key = await importJWK({ ...keys.keys[1]! });
    const verified = await flattenedVerify({ protected: header, payload, signature }, key);
    expect(verified.protectedHeader).toEqual({ alg: 'EdDSA', kid });
    const other = Buffer.from(formBytes(ONE_OF_EACH[1]!)).toString('base64url');
    await expect(flattenedVerify({ protected: header, payload: other, signature }, key)).rejects.toThrow();
  });

  it('is not verified when a word of it, its name or its signature was changed, or the key is another', () => {
    const jws = sign(first!);
    const bad = (form: Form, text: string, among = keys): unknown => verifyForm(form, text, among);
    expect(bad(annexI({ ...ORDER, c: { nonDisclosure: false } }), jws)).toMatchObject({ ok: false });
    expect(bad({ ...first!, form: 'referral' } as Form, jws)).toMatchObject({ ok: false });
    const [header = '', , signature = ''] = jws.split('.');
    const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    expect(bad(first!, `${header}..${flipped}`)).toMatchObject({ ok: false });
    expect(bad(first!, jws, { keys: [keys.keys[0]!] })).toMatchObject({ ok: false });
    for (const text of ['', '..', jws.replace('..', '.e30.'), `${jws}.`, 'x'.repeat(9000)]) {
      expect(bad(first!, text)).toMatchObject({ ok: false });
    }
  });

  it('is not verified under another algorithm, or with an extension that would have to be understood', () => {
    const forged = (header: object): string =>
      `${Buffer.from(JSON.stringify(header)).toString('base64url')}..${sign(first!).split('.')[2]}`;
    expect(verifyForm(first!, forged({ alg: 'none', kid }), keys)).toMatchObject({ ok: false });
    expect(verifyForm(first!, forged({ alg: 'HS256', kid }), keys)).toMatchObject({ ok: false });
    expect(verifyForm(first!, forged({ alg: 'EdDSA', kid, b64: false, crit: ['b64'] }), keys)).toMatchObject({
      ok: false,
    });
    expect(verifyForm(first!, forged({ alg: 'EdDSA' }), keys)).toMatchObject({ ok: false });
  });

  it('is not verified with a key that had been retired when it says it was made', () => {
    const retired = (at: string): AuthorityJwks => ({ keys: [jwkOf(publicKey, new Date(at))] });
    expect(verifyForm(first!, sign(first!), retired('2026-03-29T00:59:30Z'))).toMatchObject({ ok: false });
    expect(verifyForm(first!, sign(first!), retired('2026-03-29T00:59:31Z'))).toMatchObject({ ok: true });
  });

  it('is not opened from anything else', async () => {
    expect(() => openForm(Buffer.from('{}'))).toThrow(/no form/);
    expect(() => openForm(Buffer.from(JSON.stringify(first, null, 1)))).toThrow(/canonical/);
    expect(() => openForm(Buffer.from('%PDF-1.7'))).toThrow(/carries no form.json/);
    const pdf = await drawn(first!);
    const twice = Buffer.concat([pdf, Buffer.from('\n/Type /Filespec\n/F (form.json)\n/EF <<\n/F 9 0 R\n>>\n')]);
    expect(() => openForm(twice)).toThrow(/twice/);
    const swollen = new PdfDocument();
    const chunks: Buffer[] = [];
    swollen.on('data', (chunk: Buffer) => chunks.push(chunk));
    swollen.file(Buffer.alloc(20 * 2 ** 20, ' '), { name: 'form.json' });
    swollen.end();
    await new Promise((resolve) => swollen.on('end', resolve));
    expect(() => openForm(Buffer.concat(chunks))).toThrow(/larger than a form/);
    expect(() => parseKeys('[]')).toThrow(/JWK Set/);
    expect(parseKeys('{"keys":[{"kty":"RSA"}]}')).toEqual({ keys: [] });
  });
});

describe('clepsydra verify-form', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'clepsydra-forms-'));
    writeFileSync(join(folder, 'keys.json'), JSON.stringify(keys));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function run(...args: readonly string[]): Promise<{ code: number; out: string }> {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    let out = '';
    for (const stream of [stdout, stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const code = await main(args, {
      env: {},
      stdin: process.stdin,
      stdout: stdout as unknown as NodeJS.WriteStream,
      stderr: stderr as unknown as NodeJS.WriteStream,
      packageFolder: folder,
      interrupted: new AbortController().signal,
    });
    return { code, out };
  }
  const at = (name: string): string => join(folder, name);

  it('says who signed a PDF, or form.json with its JWS, and ends with 5 where nobody did', async () => {
    writeFileSync(at('order.pdf'), await drawn(first!));
    writeFileSync(at('form.json'), formBytes(first!));
    writeFileSync(at('form.jws'), `${sign(first!)}\n`);
    writeFileSync(at('other.jws'), sign(ONE_OF_EACH[1]!));
    writeFileSync(at('plain.pdf'), await renderForm(first!, 'en'));
    const good = await run('verify-form', at('order.pdf'), '--keys', at('keys.json'));
    expect(good).toMatchObject({
      code: 0,
      out: expect.stringContaining('VERIFIED: annex-i UNIT-A/2026/000017') as string,
    });
    expect((await run('verify-form', at('form.json'), '--jws', at('form.jws'), '--keys', at('keys.json'))).code).toBe(
      0,
    );
    expect((await run('verify-form', at('form.json'), '--jws', at('other.jws'), '--keys', at('keys.json'))).code).toBe(
      5,
    );
    expect((await run('verify-form', at('plain.pdf'), '--keys', at('keys.json'))).code).toBe(5);
    expect((await run('verify-form', at('keys.json'), '--keys', at('keys.json'))).code).toBe(5);
    expect((await run('verify-form', at('order.pdf'))).code).toBe(2);
    expect((await run('verify-form', at('missing.pdf'), '--keys', at('keys.json'))).code).toBe(2);
  });
});
