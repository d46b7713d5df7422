import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContentInfo, SignedData } from 'pkijs';
import { Sequencer } from '../../src/ledger/sequencer';
import { minutes, startWorld, type World } from '../support/app';
import { has } from '../support/commands';
import { orderCast, sendOrder, type OrderCast } from '../support/orders';
import { signatureParts } from '../support/signed-pdf';
import { TestTsa } from '../support/tsa';

const withTsa = has('openssl') && has('pdftotext') ? it : it.skip;
let world: World;
let cast: OrderCast;
let tsa: TestTsa;

beforeAll(async () => {
  if (!has('openssl')) return;
  tsa = await TestTsa.start();
  world = await startWorld({ config: { worker: false, timestampUrl: tsa.url } });
  await world.app.get(Sequencer).start();
  cast = await orderCast(world);
  const folder = world.config.certificatesDirectory;
  mkdirSync(folder, { recursive: true });
  const pem = ['root.crt', 'root.key'].map((name) => readFileSync(join(tsa.folder, name), 'utf8')).join('');
  writeFileSync(join(folder, `${cast.unit.id}.pem`), pem, { mode: 0o600 });
  world.clock.set(new Date(Date.now() + 600_000));
}, 120_000);
afterAll(async () => {
  await world?.close();
  await tsa?.close();
});

async function documentOf(id: string): Promise<{ readonly pdf: Buffer; readonly text: string }> {
  const url = `/v1/notices/${id}/form.pdf`;
  const headers = { authorization: `Bearer ${cast.moderator.token}` };
  const { rawPayload: pdf, statusCode } = await world.app.inject({ method: 'GET', url, headers });
  expect(statusCode).toBe(200);
  writeFileSync(join(tsa.folder, 'order.pdf'), pdf);
  const text = execFileSync('pdftotext', ['order.pdf', '-'], { cwd: tsa.folder }).toString();
  return { pdf, text: text.replaceAll(/\s+/g, ' ') };
}

describe('an order where a timestamping authority is named', () => {
  withTsa('is signed with its timestamp (PAdES B-T), which openssl verifies over the signature', async () => {
    const { id } = await sendOrder(cast);
    const { pdf, text } = await documentOf(id);
    expect(text).toContain('PAdES B-T');
    const { cms } = signatureParts(pdf);
    const data = new SignedData({ schema: ContentInfo.fromBER(new Uint8Array(cms).buffer).content });
    const [stamp] = data.signerInfos[0]!.unsignedAttrs!.attributes;
    expect(stamp!.type).toBe('1.2.840.113549.1.9.16.2.14');
    const [token] = stamp!.values as { toBER(): ArrayBuffer }[];
    writeFileSync(join(tsa.folder, 'token.der'), Buffer.from(token!.toBER()));
    writeFileSync(join(tsa.folder, 'signature'), Buffer.from(data.signerInfos[0]!.signature.getValue()));
    const options = ['-in', 'token.der', '-token_in', '-data', 'signature', '-CAfile', 'root.crt'];
    const said = execFileSync('openssl', ['ts', '-verify', ...options], { cwd: tsa.folder, stdio: 'pipe' });
    expect(said.toString()).toContain('Verification: OK');
    if (has('pdfsig'))
      expect(execFileSync('pdfsig', ['-nocert', 'order.pdf'], { cwd: tsa.folder }).toString()).toContain('Signature is Valid.'); // prettier-ignore
  });

  withTsa('is B-B and says so while that authority fails, which is asked again a minute later', async () => {
    tsa.mood = 'down';
    const { id } = await sendOrder(cast);
    const asked = tsa.asked;
    const without = await documentOf(id);
    expect(without.text).toContain('PAdES B-B');
    expect(without.pdf.includes('ETSI.CAdES.detached')).toBe(true);
    tsa.mood = 'good';
    expect((await documentOf(id)).pdf.equals(without.pdf)).toBe(true);
    expect(tsa.asked).toBe(asked + 1);
    world.clock.advance(minutes(1));
    expect((await documentOf(id)).text).toContain('PAdES B-T');
  });
});
