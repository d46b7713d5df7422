import type { RollBackAnswer } from '../../src/signals/defence/review/defence.dto';
import type { SourceView } from '../../src/signals/exchange/inbound/source.dto';
import type { FeedbackAnswer } from '../../src/signals/policy/policy.dto';
import type { SignalListView } from '../../src/signals/store/list.dto';
import type { DisputeView, ResolvedDisputes } from '../../src/signals/store/opinion.dto';
import { minutes, type Person, type World } from '../support/app';
import { hashOf } from '../support/exchange';
import { lineOf, sendFeed, standOf, Subscriber } from '../support/exchange-inbound';
import { contribute, opine, type Problem } from '../support/signals';

/** A subscriber whose source says what a poisoner wants it to. */
describe('what a source disputes', () => {
  let here: Subscriber;
  let world: World;
  let operators: [Person, Person];
  let honest: Person;
  let page: readonly unknown[] = [];
  let turn = 0;

  beforeAll(async () => {
    here = await Subscriber.start();
    ({ world } = here);
    const office = await world.organisation('operator', 'registry');
    operators = [await world.person(office, ['operator']), await world.person(office, ['operator'])];
    honest = await platform();
    await trust('new');
    await operators[0].post('/v1/signal-trust', {
      organisationId: honest.organisation.id,
      level: 'trusted',
      note: 'x',
    });
  });
  afterAll(() => here?.close());
  beforeEach(async () => {
    // Of its own, because those before are read again with the new day.
    await here.opposite();
    world.clock.advance(minutes(24 * 60));
  });

  const platform = async (): Promise<Person> =>
    world.person(await world.organisation('platform', `host-${++turn}`), ['curator']);
  const trust = (level: string) =>
    operators[0].post('/v1/signal-trust', { organisationId: here.admin.organisation.id, level, note: 'for this test' });
  const disputed = (value: string, reason = 'not_terrorist_content'): object =>
    lineOf(`r-${value}`, value, {
      state: 'disputed',
      opinions: [{ organisationName: 'Interpol', opinion: 'dispute', reason }],
    });

  function begin(lines: readonly unknown[], what: object = {}): Promise<SourceView> {
    page = lines;
    return here.begin((_, response) => sendFeed(response, page, `c${++turn}`), what);
  }
  async function says(source: SourceView, lines: readonly unknown[]): Promise<void> {
    page = lines;
    expect(await here.again(source)).toMatchObject({ lastError: null });
  }
  async function standing(name: string, count: number): Promise<string[]> {
    const values = Array.from({ length: count }, (_, n) => hashOf(`${name} ${n}`));
    for (const value of values) await contribute(honest, { type: 'pdq', value, quality: 90 });
    return values;
  }
  async function statesOf(values: readonly string[]): Promise<(string | undefined)[]> {
    const states: (string | undefined)[] = [];
    for (const value of values) states.push((await standOf(world, value))?.state);
    return states;
  }
  const open = async (): Promise<DisputeView[]> =>
    (await operators[0].get<{ items: DisputeView[] }>('/v1/signal-disputes?state=open&limit=200')).body.items;

  it('uses up the disputes of its subscriber: what is over them is not handed on, and that is said', async () => {
    const values = await standing('over the quota', 13);
    const source = await begin(values.map((value) => disputed(value)));
    expect(source).toMatchObject({ taken: 13, refused: 3 });
    const states = await statesOf(values);
    const left = values.filter((_, n) => states[n] === 'active');
    expect(left).toHaveLength(3);
    expect(new Set(source.lastRefused.map(({ code, record }) => `${code} ${record}`))).toEqual(
      new Set(left.map((value) => `signal.quota-spent r-${value}`)),
    );
    const other = await contribute(honest, { type: 'pdq', value: hashOf('by hand'), quality: 90 });
    expect((await opine(here.admin, other.id, { opinion: 'dispute', reason: 'other' })).status).toBe(429);
    // The same again is nothing more, and what was left over follows when there are disputes again.
    world.clock.advance(minutes(61));
    await says(source, values.map((value) => disputed(value))); // prettier-ignore
    expect(await statesOf(values)).toEqual(values.map(() => 'disputed'));
    // One word sets all of it aside.
    const decision = { openedBy: here.admin.organisation.id, outcome: 'rejected', note: 'a flood' };
    const done = await operators[0].post<ResolvedDisputes>('/v1/signal-disputes/resolve', decision);
    expect(done.body).toMatchObject({ decided: 13, refused: [], more: false });
    expect(await statesOf(values)).toEqual(values.map(() => 'active'));
  });

  it('ends when nothing of the subscriber stands behind the hash any more, and those concerned hear of it', async () => {
    const [value = ''] = await standing('withdrawn', 1);
    await begin([disputed(value)]);
    expect(await statesOf([value])).toEqual(['disputed']);
    const { rows } = await world.sql.query<{ id: string }>('select id from signal where value = $1', [value]);
    const id = rows[0]!.id;
    expect((await here.admin.post(`/v1/signals/${id}/withdraw`, { reason: 'not ours' })).status).toBe(200);
    expect(await standOf(world, value)).toMatchObject({ state: 'active', disputes: [{ state: 'retracted' }] });
    const kinds = await world.sql.query<{ kind: string }>(
      `select kind from ledger_entry where signal_id = $1 and kind = 'signal.opinion-retracted'`,
      [id],
    );
    expect(kinds.rows).toHaveLength(1);
  });

  it('is not what the service disputes: matches found false dispute the hash all the same', async () => {
    const [value = ''] = await standing('immune', 1);
    const source = await begin([disputed(value, 'false_match')]);
    await says(source, [lineOf(`r-${value}`, value)]);
    expect(await statesOf([value])).toEqual(['active']);
    const { rows } = await world.sql.query<{ id: string }>('select id from signal where value = $1', [value]);
    const path = `/v1/signals/${rows[0]!.id}/feedback`;
    expect((await (await platform()).post<FeedbackAnswer>(path, { verdict: 'false' })).body.disputed).toBe(false);
    expect((await (await platform()).post<FeedbackAnswer>(path, { verdict: 'false' })).body.disputed).toBe(true);
  });

  it('is no case for its subscriber to uphold', async () => {
    const { body: list } = await here.admin.post<SignalListView>('/v1/signal-lists', { slug: 'close-group', name: 'Close group', purpose: 'Of a few', sharing: 'group', tlp: 'amber' }); // prettier-ignore
    const member = { organisationId: honest.organisation.id, mayContribute: true };
    await here.admin.post(`/v1/signal-lists/${list.id}/members`, member);
    const value = hashOf('thrown out');
    await contribute(honest, { type: 'pdq', value, quality: 90, listId: list.id });
    await begin([disputed(value)], { listId: list.id });
    const mine = (await here.admin.get<{ items: DisputeView[] }>('/v1/signal-disputes?state=open')).body.items.find(
      ({ listIds }) => listIds.includes(list.id),
    )!;
    expect(mine).toMatchObject({ organisationId: null, mayUphold: false, mayReject: true });
    const uphold = { outcome: 'upheld', note: 'out with it' };
    const tried = await here.admin.post<Problem>(`/v1/signal-disputes/${mine.id}/resolve`, uphold);
    expect(tried.body.code).toBe('dispute.own');
    expect(await standOf(world, value)).toMatchObject({ standing: 2, state: 'disputed' });
  });

  it('stays when somebody else is rolled back, and goes with its own subscriber, whose sources are paused', async () => {
    const values = await standing('rolled back', 4);
    const source = await begin(values.map((value) => disputed(value, 'false_match')));
    expect(await statesOf(values)).toEqual(values.map(() => 'disputed'));
    const { rows } = await world.sql.query<{ id: string }>('select id from signal where value = $1', [values[0]]);
    const bystander = await platform();
    await bystander.post(`/v1/signals/${rows[0]!.id}/feedback`, { verdict: 'false' });
    const rollBack = async ({ organisation }: Person): Promise<RollBackAnswer> => {
      const path = `/v1/organisations/${organisation.id}/roll-back-signals`;
      expect((await operators[0].post(path, { reason: 'poison' })).status).toBe(202);
      return (await operators[1].post<RollBackAnswer>(path, { reason: 'poison' })).body;
    };
    expect(await rollBack(bystander)).toMatchObject({ disputes: 0, feedback: 1 });
    expect(await statesOf(values)).toEqual(values.map(() => 'disputed'));
    expect(await rollBack(here.admin)).toMatchObject({
      disputes: expect.any(Number),
      contributions: expect.any(Number),
    });
    expect(await statesOf(values)).toEqual(values.map(() => 'active'));
    expect((await open()).filter(({ relayedBy }) => relayedBy?.id === here.admin.organisation.id)).toEqual([]);
    const now = await here.admin.get<SourceView>(`/v1/exchange-sources/${source.id}`);
    expect(now.body).toMatchObject({ state: 'paused', nextRunAt: null });
    // Resumed, it brings what waits for the operator, and disputes nothing.
    expect((await here.admin.post(`/v1/exchange-sources/${source.id}/resume`)).status).toBe(200);
    await says(source, values.map((value) => disputed(value, 'journalistic'))); // prettier-ignore
    expect(await statesOf(values)).toEqual(values.map(() => 'active'));
  });
});
