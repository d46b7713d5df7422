import type { SourceView } from '../../src/signals/exchange/inbound/source.dto';
import { startWorld, type Person, type World } from '../support/app';
import { hashOf } from '../support/exchange-clients';
import { lineOf, OtherSide, read, readSince, sendFeed, standOf, subscribe } from '../support/exchange-inbound';

/** One subscriber with two sources into one list. */
describe('disputes of several sources', () => {
  let world: World;
  let admin: Person;
  let operator: Person;
  let there: OtherSide;
  const pages: Record<string, readonly unknown[]> = {};
  let turn = 0;

  beforeAll(async () => {
    world = await startWorld();
    const { unit } = await world.cast();
    admin = await world.person(unit, ['admin', 'analyst', 'curator']);
    operator = await world.person(await world.organisation('operator', 'registry'), ['operator']);
    there = await new OtherSide().listen();
    there.reply = ({ url = '' }, response) => sendFeed(response, pages[url.slice(1, 6)] ?? [], `c${++turn}`);
  });
  afterAll(async () => {
    await world?.close();
    await there?.close();
  });

  async function begin(name: 'North' | 'South', line: unknown): Promise<SourceView> {
    pages[name] = [line];
    world.clock.advance(1_000);
    const at = world.clock.now();
    const address = there.url(`/${name}/feed`);
    const source = await subscribe(admin, { protocol: 'clepsydra', name, address, credential: { token: 't' } });
    return readSince(admin, source.id, at);
  }

  async function says({ id, name }: SourceView, line: unknown): Promise<void> {
    pages[name] = [line];
    expect(await read(world, admin, id)).toMatchObject({ lastError: null });
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
