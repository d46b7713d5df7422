import { createPublicKey } from 'node:crypto';
import { ONE_OF_EACH, ORDER } from '../support/forms';
import { annexI } from '../../src/domain/forms/forms';
import { thumbprintOf, type AuthorityJwks } from '../../src/domain/forms/jws';
import { AuthorityKeys, verifyForm } from '../../src/notices/forms/authority-keys.service';
import { newEd25519 } from '../../src/notices/forms/ed25519';
import { Work } from '../../src/infra/database/work';
import { SettableClock } from '../../src/infra/clock-source';
import { minutes, startWorld, type CastOrganisation, type Person, type World } from '../support/app';

const [form] = ONE_OF_EACH;

describe('the keys of authorities', () => {
  let world: World;
  let clock: SettableClock;
  let unit: CastOrganisation;
  let admin: Person;
  let operator: Person;
  let keys: AuthorityKeys;

  beforeAll(async () => {
    clock = new SettableClock(new Date('2026-03-29T02:00:00Z'));
    world = await startWorld({ clock });
    unit = await world.organisation('authority', 'signing-unit', { competences: ['refer', 'order'] });
    admin = await world.person(unit, ['admin', 'analyst']);
    const service = await world.organisation('operator', 'service');
    operator = await world.person(service, ['operator']);
    keys = world.app.get(AuthorityKeys);
  });
  afterAll(() => world.close());

  const sign = (organisationId: string) =>
    world.app.get(Work).asWorker((tx) => keys.signForm(tx, { organisationId, via: 'worker' }, form!));
  const published = (id: string) => world.send<AuthorityJwks>('GET', `/v1/authorities/${id}/keys`);

  it('are made once, however many forms are signed at the same time, and are there for everybody', async () => {
    const signed = await Promise.all([sign(unit.id), sign(unit.id), sign(unit.id), sign(unit.id)]);
    const { status, body } = await published(unit.id);
    expect(status).toBe(200);
    expect(body.keys).toHaveLength(1);
    for (const { kid, compact } of signed) {
      expect(kid).toBe(body.keys[0]!.kid);
      expect(verifyForm(form!, compact, body)).toEqual({ ok: true, kid });
    }
    expect((await published('0190f3c2-7b1a-7c55-9d3e-2b8f3a1c4d5e')).body).toEqual({ keys: [] });
  });

  it('are found by the entry of their authority in the register, too', async () => {
    const entry = '0190f3c2-7b1a-7c55-9d3e-000000000001';
    await world.sql.query(
      `insert into authority_entry (id, organisation_id, name, country, competences, contact_point, telephone, source_url, source_date, confirmed_by, confirmed_at)
       values ($1, $2, 'Unit', 'FR', '{order}', 'duty@unit-a.example', '+33 1 00 00 00 00', 'https://register.example/', '2026-01-01', $2, now())`,
      [entry, unit.id],
    );
    expect((await published(entry)).body).toEqual((await published(unit.id)).body);
  });

  it('never lie in the database as they are, and not where another authority could read them', async () => {
    const { rows } = await world.sql.query<{ wrapped: Buffer; public_key: Buffer }>(
      'select wrapped, public_key from authority_key_secret join authority_key using (organisation_id, kid)',
    );
    expect(rows).toHaveLength(1);
    // Nonce, 32 bytes, tag.
    expect(rows[0]!.wrapped).toHaveLength(12 + 32 + 16);
    await world.sql.query('begin');
    await world.sql.query('set local role clepsydra_app');
    const seen = await world.sql.query('select 1 from authority_key_secret');
    await world.sql.query('rollback');
    expect(seen.rows).toEqual([]);
  });

  it('are replaced, and the old one verifies what it signed and nothing younger', async () => {
    const { compact } = await sign(unit.id);
    clock.advance(minutes(1));
    const answer = await admin.post<AuthorityJwks>('/v1/authorities/own/keys');
    expect(answer.status).toBe(200);
    expect(answer.body.keys).toHaveLength(2);
    const { body } = await published(unit.id);
    expect(answer.body.keys).toEqual(body.keys);
    expect(body.keys.map(({ retiredAt }) => retiredAt)).toEqual([undefined, '2026-03-29T02:01:00.000Z']);
    expect(verifyForm(form!, compact, body)).toMatchObject({ ok: true });
    const younger = annexI({ ...ORDER, a: { ...ORDER.a, issuedAt: '2026-03-29T02:01:00Z' } });
    expect(verifyForm(younger, compact, body)).toMatchObject({ ok: false });
    expect((await sign(unit.id)).kid).toBe(body.keys[0]!.kid);
    const { rows } = await world.sql.query<{ n: number }>('select count(*)::int as n from authority_key_secret');
    expect(rows[0]!.n).toBe(1);
  });

  it('of an authority elsewhere are pinned and ended by the operator alone', async () => {
    const elsewhere = await world.organisation('authority', 'elsewhere', { competences: ['order'] });
    const { publicKey } = newEd25519();
    const x = publicKey.toString('base64url');
    expect((await admin.post(`/v1/authorities/${elsewhere.id}/pinned-keys`, { x })).status).toBe(403);
    const pinned = await operator.post<AuthorityJwks>(`/v1/authorities/${elsewhere.id}/pinned-keys`, { x });
    const kid = thumbprintOf(publicKey);
    expect(pinned.body.keys).toMatchObject([{ kid, x }]);
    // What is published is a JWK that others read.
    expect(createPublicKey({ key: { ...pinned.body.keys[0]! }, format: 'jwk' }).asymmetricKeyType).toBe('ed25519');
    const ended = await operator.post<AuthorityJwks>(`/v1/authorities/${elsewhere.id}/pinned-keys/${kid}/retire`);
    expect(ended.body.keys).toMatchObject([{ kid, retiredAt: expect.any(String) as string }]);
    expect((await operator.post(`/v1/authorities/${elsewhere.id}/pinned-keys/${kid}/retire`)).status).toBe(404);
    expect((await operator.post(`/v1/authorities/${elsewhere.id}/pinned-keys`, { x: 'short' })).status).toBe(400);
  });

  it('leave an entry in the ledger each time one is made, recorded or ended', async () => {
    const { rows } = await world.sql.query<{ kind: string; n: number }>(
      `select kind, count(*)::int as n from ledger_entry where kind like 'authority.key-%' group by 1 order by 1`,
    );
    expect(rows).toEqual([
      { kind: 'authority.key-created', n: 2 },
      { kind: 'authority.key-pinned', n: 1 },
      { kind: 'authority.key-retired', n: 2 },
    ]);
  });

  it('are not for anybody but an authority', async () => {
    const platform = await world.organisation('platform', 'harbour');
    const owner = await world.person(platform, ['admin']);
    expect((await owner.post('/v1/authorities/own/keys')).status).toBe(403);
  });
});

describe('the schemas', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  it('are published for everybody under the address that they name', async () => {
    const index = await world.send<{ schemas: { name: string; url: string }[] }>('GET', '/schemas');
    expect(index.body.schemas.map(({ name }) => name)).toEqual([
      'form', 'annex-i', 'annex-ii', 'annex-iii', 'referral', 'referral-response',
    ]); // prettier-ignore
    for (const { name, url } of index.body.schemas) {
      const { status, body } = await world.send<{ $id: string; $schema: string }>('GET', new URL(url).pathname);
      expect([name, status, body.$id]).toEqual([name, 200, url]);
      expect(body.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    }
    expect((await world.send('GET', '/schemas/annex-iv.json')).status).toBe(404);
    expect((await world.send('GET', '/schemas/annex-i')).status).toBe(404);
  });
});
