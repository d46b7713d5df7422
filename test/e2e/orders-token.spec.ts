import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Certificate, ContentInfo, SignedData } from 'pkijs';
import { readForm } from '../../src/notices/forms/read-form';
import type { SignedFormView } from '../../src/notices/orders/orders.dto';
import type { Person, World } from '../support/app';
import { has } from '../support/commands';
import { orderCast, sendOrder, type OrderCast } from '../support/orders';
import { startQuietWorld } from '../support/referral';
import { signatureParts } from '../support/signed-pdf';
import { hasTokens, SoftToken, withToken } from '../support/tokens';

let world: World;
let cast: OrderCast;
let soft: SoftToken;

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
  if (!hasTokens) return;
  soft = new SoftToken('Unit A');
  soft.makeKey('rsa');
  const { leaf, root } = soft.certificate('rsa');
  place(soft.file('rsa', leaf, root));
  // Certificates begin when they are made; the clock of a story stands earlier.
  world.clock.set(new Date(Date.now() + 600_000));
}, 120_000);
afterAll(async () => {
  await world.close();
  soft?.dispose();
});

/** What the operator puts there. */
function place(file: string): void {
  const folder = world.config.certificatesDirectory;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${cast.unit.id}.pkcs11`), file, { mode: 0o600 });
}

interface Download {
  readonly statusCode: number;
  readonly rawPayload: Buffer;
  json(): object;
}
const download = (id: string, who: Person, language = 'en'): Promise<Download> =>
  world.app.inject({
    method: 'GET',
    url: `/v1/notices/${id}/form.pdf?language=${language}`,
    headers: { authorization: `Bearer ${who.token}` },
  });

describe('an order of an authority whose certificate has its key on a token', () => {
  withToken('is signed with it as a document, which says so, and which others verify', async () => {
    const { id } = await sendOrder(cast);
    const pdf = (await download(id, cast.moderator)).rawPayload;
    const { covered, cms } = signatureParts(pdf);
    const data = new SignedData({ schema: ContentInfo.fromBER(new Uint8Array(cms).buffer).content });
    const root = Certificate.fromBER(new Uint8Array(new X509Certificate(soft.certificate('rsa').root).raw).buffer);
    const content = new Uint8Array(covered).buffer;
    expect(await data.verify({ signer: 0, data: content, trustedCerts: [root], checkChain: true })).toBe(true);
    const { body } = await cast.moderator.get<SignedFormView>(`/v1/notices/${id}/form`);
    expect(await readForm(pdf)).toEqual(body.form);
    if (!has('pdfsig') || !has('pdftotext')) return;
    const path = join(soft.folder, 'order.pdf');
    writeFileSync(path, pdf);
    expect(execFileSync('pdfsig', ['-nocert', path]).toString()).toContain('Signature is Valid.');
    const text = execFileSync('pdftotext', [path, '-']).toString().replaceAll(/\s+/g, ' ');
    expect(text).toContain('Advanced electronic signature with the certificate of the authority');
    expect(text).toContain(`and Ed25519 signature over form.json`);
  });

  withToken('is the same document however often and by whom it is read', async () => {
    const { id } = await sendOrder(cast);
    const [one, other] = await Promise.all([download(id, cast.moderator), download(id, cast.homeOfficer)]);
    const later = await download(id, cast.analyst);
    expect(later.rawPayload.equals(one.rawPayload)).toBe(true);
    expect(other.rawPayload.equals(one.rawPayload)).toBe(true);
    expect((await download(id, cast.analyst, 'fr')).rawPayload.equals(one.rawPayload)).toBe(false);
  });
});

describe('an order whose token fails', () => {
  const failing = async (file: string, code: string): Promise<void> => {
    place(file);
    const { id } = await sendOrder(cast);
    const refused = await download(id, cast.supervisor);
    expect({ status: refused.statusCode, ...refused.json() }).toMatchObject({ status: 503, code });
    // Whoever has an hour to carry it out is not kept from reading it.
    const read = await download(id, cast.moderator);
    expect(read.statusCode).toBe(200);
    expect(read.rawPayload.includes('ETSI.CAdES.detached')).toBe(false);
    expect(await readForm(read.rawPayload)).toMatchObject({ form: 'annex-i' });
  };

  withToken(
    'tells its authority that the token is not there, or the key',
    async () => {
      const { leaf, root } = soft.certificate('rsa');
      await failing(soft.file('rsa', leaf, root).replace('Unit%20A', 'Unit%20B'), 'token.absent');
      await failing(soft.file('seal', leaf, root), 'token.key-missing');
      await failing(soft.file('rsa', root), 'form.certificate-unusable');
    },
    90_000,
  );

  withToken(
    'tells that the PIN is refused, tries it once, and signs when its file was written anew',
    async () => {
      const { leaf, root } = soft.certificate('rsa');
      const file = soft.file('rsa', leaf, root);
      soft.writePin('00000');
      // In another environment: the process that is logged in does not answer for it.
      await failing(`OTHER=1\n${file}`, 'token.pin-refused');
      await failing(`OTHER=2\n${file}`, 'token.pin-refused');
      const { id } = await sendOrder(cast);
      const said = await download(id, cast.supervisor);
      expect(said.rawPayload.toString()).toContain('not tried again');
      expect(said.rawPayload.toString()).not.toContain('00000');
      soft.writePin(soft.pin);
      expect((await download(id, cast.supervisor)).statusCode).toBe(200);
      expect(soft.hasCountedMistake()).toBe(false);
    },
    90_000,
  );
});
