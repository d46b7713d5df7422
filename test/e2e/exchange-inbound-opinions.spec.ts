import type { SourceView } from '../../src/signals/exchange/inbound/source.dto';
import { type World } from '../support/app';
import { hashOf } from '../support/exchange';
import { lineOf, sendFeed, sendJson, standOf, Subscriber, type OtherSide } from '../support/exchange-inbound';

/** Of a TAXII collection: they are objects of their own, and come when they come. */
describe('opinions that come apart from what they are about', () => {
  let here: Subscriber;
  let world: World;
  let there: OtherSide;
  let hour = 0;

  beforeAll(async () => {
    here = await Subscriber.start();
    ({ world } = here);
  });
  afterAll(() => here?.close());
  beforeEach(async () => {
    there = await here.opposite();
    hour = 0;
  });

  const indicator = (id: string, value: string, more: object = {}): object => ({
    type: 'indicator',
    id: `indicator--${id}`,
    pattern: `[file:hashes.PDQ = '${value}']`,
    pattern_type: 'stix',
    ...more,
  });
  const opinion = (id: string, refs: readonly string[], more: object = {}): object => ({
    type: 'opinion',
    id: `opinion--${id}`,
    opinion: 'strongly-disagree',
    explanation: 'artistic',
    object_refs: refs,
    ...more,
  });
  const about = (...ids: string[]): string[] => ids.map((id) => `indicator--${id}`);

  /** What the collection answers from now on: these pages, one after the other. */
  function answer(...pages: (readonly object[])[]): void {
    const at = `2026-02-01T${String(hour++).padStart(2, '0')}`;
    there.reply = ({ url = '' }, response) => {
      const page = Number(new URL(url, 'http://there.example').searchParams.get('next') ?? 0);
      const more = page + 1 < pages.length;
      const last = `${at}:0${page}:00Z`;
      const headers = { 'content-type': 'application/taxii+json;version=2.1', 'x-taxii-date-added-last': last };
      sendJson(response, { objects: pages[page], more, ...(more ? { next: `${page + 1}` } : {}) }, headers);
    };
  }
  function begin(...pages: (readonly object[])[]): Promise<SourceView> {
    answer(...pages);
    return here.begin(there.reply, { protocol: 'taxii', credential: {} });
  }
  async function says(source: SourceView, ...objects: object[]): Promise<SourceView> {
    answer(objects);
    const after = await here.again(source);
    expect(after.lastError).toBeNull();
    return after;
  }
  const stateOf = async (value: string): Promise<string | undefined> => (await standOf(world, value))?.state;
  async function kept({ id }: SourceView): Promise<string[]> {
    const { rows } = await world.sql.query<{ about: string }>(
      'select about from exchange_statement where source_id = $1 order by 1',
      [id],
    );
    return rows.map((row) => row.about);
  }

  it('are no more about what they name no more, and about nothing once they are revoked, whatever they name then', async () => {
    const [one, two, three] = [hashOf('refs 1'), hashOf('refs 2'), hashOf('refs 3')];
    const indicators = [indicator('1', one), indicator('2', two), indicator('3', three)];
    const source = await begin([...indicators, opinion('o', about('1', '2', '3'))]);
    expect([await stateOf(one), await stateOf(two), await stateOf(three)]).toEqual([
      'disputed',
      'disputed',
      'disputed',
    ]);
    await says(source, opinion('o', about('1', '2')));
    expect([await stateOf(one), await stateOf(two), await stateOf(three)]).toEqual([
      'disputed',
      'disputed',
      'provisional',
    ]);
    await says(source, opinion('o', about('1'), { revoked: true }));
    expect([await stateOf(one), await stateOf(two)]).toEqual(['provisional', 'provisional']);
    expect(await standOf(world, two)).toMatchObject({ disputes: [{ state: 'retracted' }] });
    expect(await kept(source)).toEqual([]);
  });

  it('wait for it, whether it comes on the next page or at another time', async () => {
    const [next, later, freed] = [hashOf('next page'), hashOf('another time'), hashOf('freed before')];
    const ahead = [opinion('o', about('n', 'l', 'l')), opinion('p', about('f')), opinion('q', ['report--1'])];
    const source = await begin(ahead, [indicator('n', next)]);
    expect(await standOf(world, next)).toMatchObject({ state: 'disputed', disputes: [{ reason: 'artistic' }] });
    expect(await kept(source)).toEqual(about('f', 'l', 'n'));
    await says(source, opinion('p', about('f'), { opinion: 'agree' }));
    await says(source, indicator('l', later), indicator('f', freed));
    expect([await stateOf(later), await stateOf(freed)]).toEqual(['disputed', 'provisional']);
  });

  it('outlast what ends for a while, and are forgotten with what is erased', async () => {
    const value = hashOf('for a while');
    const source = await begin([indicator('w', value), opinion('o', about('w'))]);
    await says(source, indicator('w', value, { valid_until: '2026-01-02T00:00:00Z' }));
    expect(await stateOf(value)).toBe('withdrawn');
    await says(source, indicator('w', value));
    expect(await stateOf(value)).toBe('disputed');
    await says(source, indicator('w', value, { revoked: true, labels: ['state:erased'] }));
    expect(await kept(source)).toEqual([]);
  });

  it('wait in a bounded number, and what does not is named', async () => {
    const [standing, last] = [hashOf('is here'), hashOf('has no room')];
    const source = await begin([indicator('h', standing)]);
    await world.sql.query(
      `insert into exchange_statement (source_id, remote_id, about, organisation_id, stated_by, reason)
       select id, 'opinion--' || n, 'indicator--none-' || n, organisation_id, '', 'other'
       from exchange_source, generate_series(1, 49999) n where id = $1`,
      [source.id],
    );
    const full = await says(source, opinion('full', about('first', 'last')), opinion('here', about('h')));
    expect(full.lastRefused).toMatchObject([{ record: 'opinion--full', code: 'record.too-many' }]);
    expect(await stateOf(standing)).toBe('disputed');
    expect(await kept(source)).toHaveLength(50_001);
    expect(await kept(source)).toContain('indicator--first');
    await says(source, indicator('last', last));
    expect(await stateOf(last)).toBe('provisional');
    // What comes and what is taken back makes room: `full` and two others are as many as there may be.
    await says(source, indicator('first', hashOf('makes room')), opinion('1', about('1'), { revoked: true }));
    await says(source, opinion('more', about('next', 'next but one', 'one too many')));
    expect(await kept(source)).toEqual(expect.arrayContaining(about('first', 'next', 'next but one')));
    expect(await kept(source)).not.toContain('indicator--one too many');
  });

  it('that come with a record do not wait where the record is refused', async () => {
    const opposed = { state: 'disputed', opinions: [{ organisationName: 'A', opinion: 'dispute', reason: 'other' }] };
    const lines = [lineOf('bad', '0'.repeat(64), opposed), lineOf('good', hashOf('with its opinions'), opposed)];
    const source = await here.begin((_, response) => sendFeed(response, lines, 'c1'));
    expect(source).toMatchObject({ taken: 1, refused: 1 });
    expect(await kept(source)).toEqual(['good']);
  });
});
