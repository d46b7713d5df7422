import { COMMON_LIST } from '../../src/signals/changes';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import type { SignalHistoryEntry } from '../../src/signals/store/lifecycle.dto';
import type { SignalVocabularyView } from '../../src/signals/store/vocabulary.controller';
import { vpdqDigest } from '../../src/perceptual/vpdq';
import { startWorld, type Person, type World } from '../support/app';
import { randomHash } from '../support/hashes';
import { contribute, type Problem } from '../support/signals';

interface Paged<T> {
  items: T[];
  next: string | null;
}

describe('contributions to the shared hash database', () => {
  let world: World;
  let analyst: Person;
  let curator: Person;

  beforeAll(async () => {
    world = await startWorld();
    ({ analyst } = await world.cast());
    curator = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
  });
  afterAll(() => world.close());

  const entriesOf = async (person: Person, id: string): Promise<SignalHistoryEntry[]> =>
    (await person.get<Paged<SignalHistoryEntry>>(`/v1/signals/${id}/history`)).body.items;

  it('makes one signal of the same hash from two organisations, each with its own labels and provenance of its own', async () => {
    const value = randomHash();
    const first = await contribute(analyst, {
      value,
      labels: { category: 'threat', contentType: 'manifesto', behaviours: ['imminent-threat'] },
      severity: 'critical',
      incident: 'pci-2026-north-harbour',
    });
    const second = await contribute(curator, {
      value,
      labels: { entityClass: 'attack-perpetrator' },
      reviewed: false,
    });
    expect(second.id).toBe(first.id);
    expect(second.state).toBe('active');
    expect(second.contributions).toMatchObject([
      { organisationName: 'Unit A', severity: 'critical', incident: 'pci-2026-north-harbour', reviewed: true, vocabulary: '2026-1', expiresAt: null },
      { organisationName: 'watchers', labels: { entityClass: 'attack-perpetrator' }, reviewed: false, expiresAt: '2026-04-01T09:00:00.000Z' },
    ]); // prettier-ignore
    const again = await analyst.post<Problem>('/v1/signals', { type: 'sha256', value, labels: {} });
    expect([again.status, again.body.code]).toEqual([409, 'signal.contributed-already']);
  });

  it.each([
    [{ labels: { category: 'inciting' } }, '/labels/category'],
    [{ labels: { behaviours: ['glorification', 'glorify'] } }, '/labels/behaviours'],
    [{ labels: { contentType: 'film' } }, '/labels/contentType'],
    [{ labels: { mood: 'dark' } }, '/labels/mood'],
    [{ severity: 'grave' }, '/severity'],
    [{ incident: 'North Harbour' }, '/incident'],
    [{ expiresAt: '2026-03-01T00:00:00Z' }, '/expiresAt'],
    [{ value: 'AB'.repeat(32) }, '/value'],
    [{ value: 'ab'.repeat(16) }, '/value'],
    [{ type: 'vpdq', frames: [{ hash: 'ab'.repeat(32), quality: 80 }] }, '/value'],
    [{ frames: [{ hash: 'ab'.repeat(32), quality: 80 }] }, '/frames'],
    [{ listId: '019b0000-0000-7000-8000-000000000001' }, '/listId'],
  ])('refuses %j and says where', async (wrong, pointer) => {
    const answer = await analyst.post<Problem>('/v1/signals', {
      type: 'sha256',
      value: randomHash(),
      labels: {},
      ...wrong,
    });
    expect([answer.status, answer.body.errors?.map((fault) => fault.pointer)]).toEqual([400, [pointer]]);
  });

  it('keeps the frames of a video once, whoever contributes it', async () => {
    const frames = Array.from({ length: 30 }, (_, i) => ({ hash: randomHash(), quality: 80, atMs: i * 1000 }));
    const value = vpdqDigest(frames.map((frame, i) => ({ ...frame, frame: i })))!;
    const first = await contribute(analyst, { type: 'vpdq', value, frames });
    await contribute(curator, { type: 'vpdq', value, frames: frames.toReversed() });
    const { rows } = await world.sql.query('select hash from signal_frame where signal_id = $1 order by ordinal', [
      first.id,
    ]);
    expect(rows).toEqual(frames.map(({ hash: frame }) => ({ hash: frame })));
  });

  it('publishes the vocabulary with its definitions to anybody', async () => {
    const { body } = await world.anonymous<SignalVocabularyView>('/v1/signal-vocabulary');
    expect(body.version).toBe('2026-1');
    expect(body.facets.map(({ facet }) => facet)).toEqual(
      ['category', 'ideology', 'behaviours', 'contentType', 'entityClass', 'severity'], // prettier-ignore
    );
    expect((await world.anonymous(`/v1/signal-vocabulary?version=1999-1`)).status).toBe(404);
  });

  it('lists what one reads, by type, state and list, page by page', async () => {
    const made = [await contribute(curator, { reviewed: false }), await contribute(curator, { reviewed: false })];
    const page = await curator.get<Paged<SignalView>>(
      `/v1/signals?state=provisional&type=sha256&list=${COMMON_LIST}&limit=1`,
    );
    expect(page.body.items.map(({ id }) => id)).toEqual([made[1]!.id]);
    const next = await curator.get<Paged<SignalView>>(`/v1/signals?state=provisional&limit=1&cursor=${page.body.next}`);
    expect(next.body.items.map(({ id }) => id)).toEqual([made[0]!.id]);
  });

  it('tells what happened to a signal to those who may read it, notes to the one who wrote them', async () => {
    const signal = await contribute(analyst, { note: 'from case 12' });
    await curator.post(`/v1/signals/${signal.id}/opinion`, { opinion: 'confirm', note: 'seen elsewhere' });
    expect((await entriesOf(analyst, signal.id)).map(({ kind }) => kind)).toEqual([
      'signal.confirmed',
      'signal.contributed',
    ]);
    const [confirmed, contributed] = await entriesOf(analyst, signal.id);
    expect(contributed?.internal?.body).toMatchObject({ notes: ['from case 12'] });
    expect(confirmed?.shared?.body).toEqual({ note: 'seen elsewhere' });
    expect((await entriesOf(curator, signal.id)).map(({ kind }) => kind)).toEqual(['signal.confirmed']);
  });
});
