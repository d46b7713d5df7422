import { openCheckpoint, parseVerifierKey } from '../../src/domain/checkpoint';
import { checkConsistency, verifyReceipt, type Receipt } from '../../src/domain/receipt';
import { verifySignature } from '../../src/ledger/ledger-key';
import { Sequencer } from '../../src/ledger/sequencer';
import { startWorld, type CastOrganisation, type Person, type World } from '../support/app';

interface Entry {
  readonly seq: number;
  readonly id: string;
  readonly kind: string;
}
interface Page {
  readonly entries: Entry[];
  readonly through: number;
}

describe('the ledger over HTTP', () => {
  let world: World;
  let unit: CastOrganisation;
  let admin: Person;
  let stranger: Person;
  beforeAll(async () => {
    world = await startWorld();
    unit = await world.organisation('authority', 'ledger-unit', { competences: ['refer'] });
    admin = await world.person(unit, ['admin']);
    stranger = await world.person(await world.organisation('civil_society', 'ledger-stranger'), ['admin']);
  });
  afterAll(() => world.close());

  const makeKey = () =>
    admin.post<{ id: string; receipt: Receipt }>('/v1/api-keys', {
      name: 'import',
      permissions: ['feed.read'],
      expiresAt: '2026-12-01T00:00:00Z',
    });
  const verifier = async () => parseVerifierKey((await world.anonymous<{ key: string }>('/v1/ledger/key')).body.key);
  const checkpoint = async (url = '/v1/ledger/checkpoint') =>
    openCheckpoint((await admin.get<string & {}>(url)).body, await verifier(), verifySignature);
  const feed = async (person: Person, after: number, limit = 100) =>
    (await person.get<Page>(`/v1/feed?after=${after}&limit=${limit}`)).body;

  it('puts a receipt into the answer that verifies with the public key, and gives it again on request', async () => {
    const { status, body } = await makeKey();
    expect(status).toBe(201);
    expect(verifyReceipt(body.receipt, await verifier(), verifySignature)).toMatchObject({ ok: true });
    const again = await admin.get<Receipt & {}>(`/v1/ledger/entries/${body.receipt.entry.id}/receipt`);
    expect(verifyReceipt(again.body, await verifier(), verifySignature)).toMatchObject({ ok: true });
    expect(again.body.entry).toEqual(body.receipt.entry);
  });

  it('gives no receipt of an entry to those who may not read it, as if there were none', async () => {
    const { body } = await makeKey();
    const url = `/v1/ledger/entries/${body.receipt.entry.id}/receipt`;
    const [foreign, none] = [
      await stranger.get<{ code: string }>(url),
      await stranger.get<{ code: string }>('/v1/ledger/entries/0190aaaa-0000-7000-8000-000000000001/receipt'),
    ];
    expect([foreign.status, foreign.body.code]).toEqual([404, 'request.not-found']);
    expect(none.body.code).toBe('request.not-found');
    expect((await world.anonymous(url)).status).toBe(401);
  });

  it('proves by anybody’s old checkpoint that nothing was rewritten since', async () => {
    const older = await checkpoint();
    await makeKey();
    const newer = await checkpoint();
    expect(newer.size).toBeGreaterThan(older.size);
    const proof = await stranger.get<{ proof: string[] }>(
      `/v1/ledger/proof/consistency?from=${older.size}&to=${newer.size}`,
    );
    expect(checkConsistency(older, newer, proof.body.proof)).toBe(true);
    expect(await checkpoint(`/v1/ledger/checkpoints/${older.size}`)).toEqual(older);
  });

  it.each([
    ['/v1/ledger/checkpoints/987654', 404, 'ledger.unknown-checkpoint'],
    ['/v1/ledger/checkpoints/many', 400, 'request.invalid'],
    ['/v1/ledger/proof/consistency?from=0&to=987654', 404, 'ledger.unknown-checkpoint'],
    ['/v1/ledger/proof/consistency?from=3&to=1', 404, 'ledger.unknown-checkpoint'],
    ['/v1/ledger/proof/consistency?from=-1&to=1', 400, 'request.invalid'],
  ])('answers %s with %i %s', async (url, status, code) => {
    expect(await admin.get(url)).toMatchObject({ status, body: { code } });
  });

  it.each([
    '/v1/feed',
    '/v1/feed/stream',
    '/v1/ledger/checkpoint',
    '/v1/ledger/checkpoints/1',
    '/v1/ledger/proof/consistency?from=0&to=1',
  ])('tells a stranger without a login nothing at %s, from which the pace of referrals could be read', async (url) => {
    expect(await world.anonymous(url)).toMatchObject({ status: 401, body: { code: 'auth.required' } });
  });

  it('pages through the feed without a gap and shows others nothing of it but how far it goes', async () => {
    await makeKey();
    const whole = await feed(admin, -1);
    const paged: Entry[] = [];
    for (let after = -1, through = 0; after !== through;) {
      const page = await feed(admin, after, 2);
      paged.push(...page.entries);
      [through, after] = [after, page.through];
    }
    expect(paged).toEqual(whole.entries);
    expect(whole.entries.at(-1)).toMatchObject({ kind: expect.stringContaining('.'), organisationId: unit.id });
    expect(await feed(stranger, -1)).toEqual({ entries: [], through: whole.through });
    expect((await admin.get<{ code: string }>('/v1/feed?after=x')).body.code).toBe('request.invalid');
  });

  /** Reads a stream until so many entries have come. */
  async function listen(
    url: string,
    count: number,
    headers: Record<string, string> = {},
  ): Promise<{ ids: string[]; last: string }> {
    const leave = new AbortController();
    const answer = await fetch(url, {
      headers: { authorization: `Bearer ${admin.token}`, ...headers },
      signal: leave.signal,
    });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    let text = '';
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.split('event: entry').length > count && text.endsWith('\n\n')) break;
    }
    leave.abort();
    const entries = [...text.matchAll(/^data: (.*)$/gm)].map((match): Entry => JSON.parse(match[1]!));
    return { ids: entries.map(({ id }) => id), last: [...text.matchAll(/^id: (\d+)$/gm)].at(-1)![1]! };
  }

  it('streams what happens from now on, and after a break from where the reader stopped', async () => {
    const base = await world.listen();
    const before = (await feed(admin, -1)).entries.map(({ id }) => id);
    expect((await listen(`${base}/v1/feed/stream?after=-1`, before.length)).ids).toEqual(before);
    // A reader from now on hears one of the keys made while it listens; which one is the first depends on its `now`.
    const heard = new AbortController();
    const live = listen(`${base}/v1/feed/stream`, 1).finally(() => heard.abort());
    const made: string[] = [];
    do made.push((await makeKey()).body.receipt.entry.id);
    while (!heard.signal.aborted && made.length < 100);
    const first = await live;
    expect(made).toContain(first.ids[0]);
    const next = (await feed(admin, Number(first.last))).entries.map(({ id }) => id);
    next.push((await makeKey()).body.receipt.entry.id);
    const url = `${base}/v1/feed/stream?after=-1`;
    expect((await listen(url, next.length, { 'last-event-id': first.last })).ids).toEqual(next);
  });

  it('does not wait for the ledger when the sender prefers the receipt later, and has it then', async () => {
    const key = { name: 'import', permissions: ['feed.read'], expiresAt: '2026-12-01T00:00:00Z' };
    type Later = { receipt: { state: string; link: string; entry: { id: string } } };
    const { body, headers } = await admin.post<Later>('/v1/api-keys', key, { prefer: 'receipt=later' });
    expect(headers['preference-applied']).toBe('receipt=later');
    expect(body.receipt).toMatchObject({
      state: 'pending',
      link: `/v1/ledger/entries/${body.receipt.entry.id}/receipt`,
    });
    for (;;) {
      const receipt = (await admin.get<Receipt & { state?: string }>(body.receipt.link)).body;
      if (receipt.state === 'pending') continue;
      expect(verifyReceipt(receipt, await verifier(), verifySignature)).toMatchObject({ ok: true });
      return;
    }
  });

  it('says that a receipt is pending, and where it will be, while no sequencer runs', async () => {
    const sequencer = world.app.get(Sequencer);
    await sequencer.stop();
    const { status, body } = await makeKey();
    await sequencer.start();
    expect(status).toBe(201);
    expect(body.receipt).toEqual({
      state: 'pending',
      entry: { id: expect.any(String) },
      link: `/v1/ledger/entries/${body.receipt.entry.id}/receipt`,
    });
  });

  it('ends open streams when the service stops', async () => {
    const other = await startWorld();
    const person = await other.person(await other.organisation('authority', 'ending'), ['admin']);
    const base = await other.listen();
    const answer = await fetch(`${base}/v1/feed/stream`, { headers: { authorization: `Bearer ${person.token}` } });
    const reading = answer.text();
    await other.close();
    await expect(reading).resolves.toContain('retry:');
  });
});
