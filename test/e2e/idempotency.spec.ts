import { Background } from '../../src/background';
import { startWorld, type Person, type World } from '../support/app';

interface Opened {
  readonly id: string;
  readonly code: string;
  readonly receipt: { readonly entry: { readonly digest: string } };
}

const CASE = { category: 'incitement', ideology: 'unknown', items: [{ url: 'https://harbour.example/post/1' }] };

describe('an idempotency key', () => {
  let world: World;
  let analyst: Person;

  beforeAll(async () => {
    world = await startWorld();
    ({ analyst } = await world.cast());
  });
  afterAll(() => world.close());

  const cases = async (): Promise<number> => {
    const { rows } = await world.sql.query<{ n: number }>('select count(*)::int as n from case_file');
    return rows[0]?.n ?? 0;
  };

  it('gives a repeat with the same key the same answer, and does the work once', async () => {
    const before = await cases();
    const first = await analyst.post<Opened>('/v1/cases', CASE, { 'idempotency-key': 'once' });
    const again = await analyst.post<Opened>('/v1/cases', CASE, { 'idempotency-key': 'once' });
    expect(first.status).toBe(201);
    expect(again.status).toBe(201);
    expect({ ...again.body, receipt: null }).toEqual({ ...first.body, receipt: null });
    expect(again.body.receipt.entry.digest).toBe(first.body.receipt.entry.digest);
    expect(await cases()).toBe(before + 1);
  });

  it('refuses the same key for another body', async () => {
    await analyst.post('/v1/cases', CASE, { 'idempotency-key': 'body' });
    const other = await analyst.post<Opened>(
      '/v1/cases',
      { ...CASE, ideology: 'other' },
      { 'idempotency-key': 'body' },
    );
    expect([other.status, other.body.code]).toEqual([409, 'idempotency.key-reused']);
  });

  it('lets twenty twins sent at once have one effect and one answer', async () => {
    const before = await cases();
    const twins = await Promise.all(
      Array.from({ length: 20 }, () => analyst.post<Opened>('/v1/cases', CASE, { 'idempotency-key': 'twins' })),
    );
    expect(new Set(twins.map((twin) => twin.body.id)).size).toBe(1);
    expect(twins.map((twin) => twin.status)).toEqual(Array.from({ length: 20 }, () => 201));
    expect(await cases()).toBe(before + 1);
  });

  it('keeps one organisation’s keys apart from another’s', async () => {
    const unit = await world.organisation('authority', 'other-unit', { competences: ['refer'] });
    const other = await world.person(unit, ['analyst']);
    const mine = await analyst.post<Opened>('/v1/cases', CASE, { 'idempotency-key': 'shared-name' });
    const theirs = await other.post<Opened>('/v1/cases', CASE, { 'idempotency-key': 'shared-name' });
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  it('lets a key be used again after the request had failed', async () => {
    const failed = await analyst.post('/v1/cases', { ...CASE, items: [] }, { 'idempotency-key': 'again' });
    expect(failed.status).toBe(400);
    const mended = await analyst.post<Opened>('/v1/cases', CASE, { 'idempotency-key': 'again' });
    expect(mended.status).toBe(201);
  });

  it('forgets keys after 24 hours, and not before', async () => {
    const first = await analyst.post<Opened>('/v1/cases', CASE, { 'idempotency-key': 'old' });
    const age = (hours: number): Promise<unknown> =>
      world.sql.query(`update idempotency_key set created_at = now() - $1 * interval '1 hour' where key = 'old'`, [
        hours,
      ]);
    await age(23.9);
    await world.app.get(Background).forgetOldKeys();
    expect((await analyst.post<Opened>('/v1/cases', CASE, { 'idempotency-key': 'old' })).body.id).toBe(first.body.id);
    await age(24.1);
    await world.app.get(Background).forgetOldKeys();
    expect((await analyst.post<Opened>('/v1/cases', CASE, { 'idempotency-key': 'old' })).body.id).not.toBe(
      first.body.id,
    );
  });

  it.each(['', ' ', 'é'.repeat(3), 'x'.repeat(256)])('refuses the key “%s”', async (key) => {
    const answer = await analyst.post<Opened>('/v1/cases', CASE, { 'idempotency-key': key });
    expect(answer.body.code).toBe('idempotency.key-invalid');
  });
});
