import type { SignalView } from '../../src/signals/store/contribution.dto';
import { startWorld, type Person, type World } from '../support/app';
import { contribute, getSignal, type Problem } from '../support/signals';
import { hashOf } from '../support/exchange';

const LABELS = { category: 'incitement' };

describe('the erasure of a hash', () => {
  let world: World;
  let analyst: Person;
  let operators: readonly [Person, Person];
  let curators: readonly [Person, Person];

  beforeAll(async () => {
    world = await startWorld();
    ({ analyst } = await world.cast());
    const service = await world.organisation('operator', 'service');
    operators = [await world.person(service, ['operator']), await world.person(service, ['operator'])];
    const watchers = await world.organisation('civil_society', 'watchers');
    curators = [await world.person(watchers, ['curator']), await world.person(watchers, ['curator'])];
  });
  afterAll(() => world.close());

  const body = (value: string): object => ({ type: 'sha256', value, labels: LABELS, incident: 'pci-2026-north-harbour' }); // prettier-ignore
  const erase = (person: Person, id: string, key?: string) =>
    person.post<SignalView & Problem>(`/v1/signals/${id}/erase`, { reason: 'unlawful to keep' }, key ? { 'idempotency-key': key } : {}); // prettier-ignore
  const kept = async (word: string): Promise<number> => {
    const { rows } = await world.sql.query('select 1 from idempotency_key where answer like $1', [`%${word}%`]);
    return rows.length;
  };

  it('takes what was answered about it with it, for everybody who was, and a repeat of the request says so', async () => {
    const value = hashOf('erased answer');
    const key = { 'idempotency-key': 'erased-1' };
    const made = await analyst.post<SignalView>('/v1/signals', body(value), key);
    const other = await curators[0].post<SignalView>('/v1/signals', body(value), key);
    const spared = await analyst.post<SignalView>('/v1/signals', body(hashOf('spared')), {
      'idempotency-key': 'erased-2',
    });
    expect([made.status, other.status, spared.status]).toEqual([201, 201, 201]);
    expect((await analyst.post('/v1/signals', body(value), key)).status).toBe(201);
    expect(await kept(value)).toBe(2);
    expect((await erase(operators[0], made.body.id)).status).toBe(202);
    expect((await analyst.post('/v1/signals', body(value), key)).status).toBe(201);
    expect((await erase(operators[1], made.body.id, 'erasing')).status).toBe(200);
    for (const by of [analyst, curators[0]]) {
      const repeat = await by.post<Problem>('/v1/signals', body(value), key);
      expect([repeat.status, repeat.body.code]).toEqual([410, 'idempotency.answer-erased']);
    }
    expect(await kept('pci-2026-north-harbour')).toBe(1);
    // What had another subject is answered as it was, and so is the erasure itself.
    const again = await analyst.post<SignalView>('/v1/signals', body(hashOf('spared')), {
      'idempotency-key': 'erased-2',
    });
    expect([again.status, again.body.id]).toEqual([201, spared.body.id]);
    expect((await erase(operators[1], made.body.id, 'erasing')).body).toMatchObject({
      id: made.body.id,
      state: 'withdrawn',
    });
  });

  it('is refused to whoever has nothing to erase before anybody is asked to agree', async () => {
    const signal = await contribute(analyst);
    const refused = await erase(curators[0], signal.id);
    expect([refused.status, refused.body.code]).toEqual([409, 'signal.nothing-to-end']);
    const { rows } = await world.sql.query('select 1 from approval where subject_id = $1', [signal.id]);
    expect(rows).toEqual([]);
    for (const by of operators) await erase(by, signal.id);
    expect((await getSignal(analyst, signal.id)).state).toBe('withdrawn');
    expect((await erase(operators[0], signal.id)).body.code).toBe('signal.nothing-to-end');
  });
});
