import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Form } from '../../src/domain/forms/forms';
import { Work } from '../../src/infra/database/work';
import { AuthorityKeys, verifyForm } from '../../src/notices/forms/authority-keys.service';
import { FormDocuments } from '../../src/notices/forms/form-documents.service';
import { startWorld, type CastOrganisation, type Person, type World } from '../support/app';
import { ONE_OF_EACH } from '../support/forms';

interface Problem {
  readonly code: string;
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
}

const [form] = ONE_OF_EACH;
const canSign = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe('forms over HTTP', () => {
  let world: World;
  let moderator: Person;
  let unit: CastOrganisation;

  beforeAll(async () => {
    world = await startWorld();
    ({ moderator, unit } = await world.cast());
  });
  afterAll(() => world.close());

  async function draw(person: Person, body: unknown, query = ''): Promise<{ status: number; type: string; bytes: Buffer }> {
    const answer = await world.app.inject({ method: 'POST', url: `/v1/forms/pdf${query}`, headers: { authorization: `Bearer ${person.token}` }, payload: body as object });
    return { status: answer.statusCode, type: `${answer.headers['content-type']}`, bytes: answer.rawPayload };
  } // prettier-ignore

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the test says what it expects
  async function read<T>(person: Person, pdf: Uint8Array): Promise<{ status: number; body: T }> {
    const parts = new FormData();
    parts.append('file', new Blob([Uint8Array.from(pdf)], { type: 'application/pdf' }), 'form.pdf');
    const request = new Request('http://localhost/', { method: 'POST', body: parts });
    const answer = await world.app.inject({
      method: 'POST',
      url: '/v1/forms/read',
      headers: { authorization: `Bearer ${person.token}`, 'content-type': request.headers.get('content-type') ?? '' },
      payload: Buffer.from(await request.arrayBuffer()),
    });
    return { status: answer.statusCode, body: answer.json<T>() };
  }

  it.each(ONE_OF_EACH)('go from data to a document and back: $form', async (each) => {
    const drawn = await draw(moderator, each, '?language=pl');
    expect(drawn).toMatchObject({ status: 200, type: 'application/pdf' });
    const back = await read<{ form: Form; jws: string | null }>(moderator, drawn.bytes);
    expect(back).toEqual({ status: 200, body: { form: each, jws: null } });
  });

  it('are refused with the place of each fault, as any other body is', async () => {
    const answer = await moderator.post<Problem>('/v1/forms/pdf', { form: 'annex-i', v: 1, content: { a: {} } });
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe('request.invalid');
    expect(answer.body.errors).toEqual(
      expect.arrayContaining([
        { pointer: '/content/b', detail: 'is missing' },
        { pointer: '/content/a/reference', detail: 'is missing' },
      ]),
    );
    expect((await moderator.post('/v1/forms/pdf?language=xx', form)).status).toBe(400);
    expect((await world.send('POST', '/v1/forms/pdf', form)).status).toBe(401);
  });

  it('are not found in a document that is none, and that is said', async () => {
    const { bytes } = await draw(moderator, form);
    const cut = await read<Problem>(moderator, bytes.subarray(0, 2000));
    expect([cut.status, cut.body.code]).toEqual([422, 'pdf.truncated']);
    const none = await read<Problem>(moderator, Buffer.from('hello'));
    expect([none.status, none.body.code]).toEqual([422, 'pdf.undecodable']);
    expect((await moderator.post('/v1/forms/read', {})).status).toBe(400);
  });

  it('carry the signature of their authority over their data', async () => {
    const jws = await world.app
      .get(Work)
      .asWorker((tx) => world.app.get(AuthorityKeys).signForm(tx, { organisationId: unit.id, via: 'worker' }, form!));
    const issuer = { organisationId: unit.id, name: unit.name };
    const { pdf, level } = await world.app.get(FormDocuments).draw(form!, { language: 'fr', jws, issuer });
    expect(level).toBe('jws');
    const { body } = await read<{ form: Form; jws: string }>(moderator, pdf);
    const keys = await world.app.get(AuthorityKeys).published(unit.id);
    expect(verifyForm(body.form, body.jws, keys)).toEqual({ ok: true, kid: jws.kid });
  });

  (canSign ? it : it.skip)('are signed with the certificate that the operator put there for their authority alone', async () => {
    const folder = world.config.certificatesDirectory;
    mkdirSync(folder, { recursive: true });
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'key', '-out', 'crt', '-subj', '/CN=Unit A', '-days', '36500'], { cwd: folder, stdio: 'ignore' });
    const pem = execFileSync('cat', ['crt', 'key'], { cwd: folder });
    writeFileSync(join(folder, `${unit.id}.pem`), pem, { mode: 0o600 });
    // Certificates begin when they are made; the clock of a story stands earlier.
    world.clock.set(new Date(Date.now() + 60_000));
    const documents = world.app.get(FormDocuments);
    const own = await documents.draw(form!, { language: 'en', issuer: { organisationId: unit.id, name: 'Unit A' } });
    expect(own.level).toBe('certificate');
    expect(Buffer.from(own.pdf).includes('ETSI.CAdES.detached')).toBe(true);
    expect((await read<{ form: Form }>(moderator, own.pdf)).body.form).toEqual(form);
    const other = await documents.draw(form!, { language: 'en', issuer: { organisationId: moderator.organisation.id, name: 'Harbour' } });
    expect(other.level).toBe('none');
    chmodSync(join(folder, `${unit.id}.pem`), 0o644);
    await expect(documents.draw(form!, { language: 'en', issuer: { organisationId: unit.id, name: 'Unit A' } })).rejects.toMatchObject({ code: 'form.certificate-unusable' });
  }); // prettier-ignore
});
