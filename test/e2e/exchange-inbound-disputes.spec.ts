import type { SourceView } from '../../src/signals/exchange/inbound/source.dto';
import type { Person, World } from '../support/app';
import { hashOf } from '../support/exchange';
import { lineOf, sendFeed, standOf, Subscriber, type OtherSide, type Reply } from '../support/exchange-inbound';

/** One subscriber with two sources into one list. */
describe('disputes of several sources', () => {
  let here: Subscriber;
  let world: World;
  let operator: Person;
  let there: OtherSide;
  const pages: Record<string, readonly unknown[]> = {};
  let turn = 0;

  beforeAll(async () => {
    here = await Subscriber.start();
    ({ world } = here);
    operator = await world.person(await world.organisation('operator', 'registry'), ['operator']);
    there = await here.opposite();
  });
  afterAll(() => here?.close());

  function begin(name: 'North' | 'South', line: unknown): Promise<SourceView> {
    pages[name] = [line];
    const reply: Reply = ({ url = '' }, response) => sendFeed(response, pages[url.slice(1, 6)] ?? [], `c${++turn}`);
    return here.begin(reply, { name, address: there.url(`/${name}/feed`) });
  }

  async function says(source: SourceView, line: unknown): Promise<void> {
    pages[source.name] = [line];
    expect(await here.again(source)).toMatchObject({ lastError: null });
  }

  const disputed = (id: string, value: string, reason: string, organisationName: string): object =>
    lineOf(id, value, { state: 'disputed', opinions: [{ organisationName, opinion: 'dispute', reason }] });

  it('are one dispute with what all of them say, and end with the last of them', async () => {
    const value = hashOf('disputed twice');
    const north = await begin('North', disputed('n', value, 'journalistic', 'Harbour'));
    const south = await begin('South', disputed('s', value, 'artistic', 'Gallery'));
    const note = 'Handed on, unchecked: artistic (Gallery, at South), journalistic (Harbour, at North)';
    expect(await standOf(world, value)).toMatchObject({
      state: 'disputed',
      disputes: [{ note, reason: 'artistic', state: 'open' }],
    });
    await says(south, lineOf('s', value));
    expect(await standOf(world, value)).toMatchObject({
      state: 'disputed',
      disputes: [{ note: 'Handed on, unchecked: journalistic (Harbour, at North)', state: 'open' }],
    });
    await says(south, disputed('s', value, 'artistic', 'Gallery'));
    // The source that brought the hash leaves it to the other one. For a moment nobody stood behind it, which settled the dispute.
    await says(north, { signalId: 'n', state: 'withdrawn' });
    expect(await standOf(world, value)).toMatchObject({
      state: 'disputed',
      standing: 1,
      disputes: [{ state: 'upheld' }, { note: 'Handed on, unchecked: artistic (Gallery, at South)', state: 'open' }],
    });
    await says(south, lineOf('s', value));
    expect(await standOf(world, value)).toMatchObject({
      state: 'active',
      disputes: [{ state: 'upheld' }, { state: 'retracted' }],
    });
    // Whoever else stands behind the hash hears of the end as of the beginning.
    const { rows } = await world.sql.query(
      `select e.kind, count(*)::int from ledger_entry e join signal s on s.id = e.signal_id
       where s.value = $1 and e.kind in ('signal.disputed', 'signal.opinion-retracted') group by 1 order by 1`,
      [value],
    );
    expect(rows).toEqual([
      { kind: 'signal.disputed', count: 2 },
      { kind: 'signal.opinion-retracted', count: 1 },
    ]);
  });

  it('are rejected together, and are raised again for a reason that nobody has rejected', async () => {
    const value = hashOf('rejected together');
    await begin('North', disputed('n', value, 'journalistic', 'Harbour'));
    const south = await begin('South', disputed('s', value, 'artistic', 'Gallery'));
    const { body } = await operator.get<{ items: { id: string }[] }>('/v1/signal-disputes?state=open');
    const decision = { outcome: 'rejected', note: 'It is neither.' };
    const decided = await operator.post(`/v1/signal-disputes/${body.items[0]?.id}/resolve`, decision);
    expect([decided.status, decided.body]).toEqual([200, expect.anything()]);
    await says(south, disputed('s', value, 'journalistic', 'Gallery'));
    expect(await standOf(world, value)).toMatchObject({ state: 'active', disputes: [{ state: 'rejected' }] });
    await says(south, disputed('s', value, 'collision', 'Gallery'));
    expect(await standOf(world, value)).toMatchObject({
      state: 'disputed',
      disputes: [{ state: 'rejected' }, { note: 'Handed on, unchecked: collision (Gallery, at South)', state: 'open' }],
    });
  });
});
