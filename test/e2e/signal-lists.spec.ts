import type { LeftView, SignalListView } from '../../src/signals/store/list.dto';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import { startWorld, type CastOrganisation, type Person, type World } from '../support/app';
import { randomHash } from '../support/hashes';
import type { Problem } from '../support/signals';

interface Matches {
  matches: { signalId: string }[];
}

describe('lists of hashes', () => {
  let world: World;
  let owner: Person;
  let member: Person;
  let memberOrganisation: CastOrganisation;
  let outsider: Person;
  let operator: Person;
  let made = 0;

  beforeAll(async () => {
    world = await startWorld();
    const { supervisor, platform } = await world.cast();
    owner = supervisor;
    memberOrganisation = platform;
    member = await world.person(platform, ['supervisor']);
    outsider = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
    operator = await world.person(await world.organisation('operator', 'service'), ['operator']);
  });
  afterAll(() => world.close());

  const group = async (body: Record<string, unknown> = {}): Promise<SignalListView> => {
    const list = {
      slug: `group-${++made}`,
      name: 'Group',
      purpose: 'an enquiry',
      sharing: 'group',
      tlp: 'red',
      ...body,
    };
    const answer = await owner.post<SignalListView>('/v1/signal-lists', list);
    expect([answer.status, answer.body]).toEqual([201, answer.body]);
    return answer.body;
  };
  const join = (list: SignalListView, mayContribute = true) =>
    owner.post<SignalListView>(`/v1/signal-lists/${list.id}/members`, {
      organisationId: memberOrganisation.id,
      mayContribute,
    });
  const contribute = (person: Person, listId: string, value = randomHash()) =>
    person.post<SignalView & Problem>('/v1/signals', { type: 'sha256', value, labels: {}, listId });
  const matches = async (person: Person, value: string): Promise<string[]> =>
    (await person.get<Matches>(`/v1/signals/match?type=sha256&value=${value}`)).body.matches.map((m) => m.signalId);

  it('hides a group’s list and what stands on it alone from everybody outside: no list, no signal, no match, no contribution', async () => {
    const list = await group();
    await join(list);
    const signal = (await contribute(owner, list.id)).body;
    expect(await matches(owner, signal.value!)).toEqual([signal.id]);
    expect(await matches(member, signal.value!)).toEqual([signal.id]);
    expect((await member.get(`/v1/signals/${signal.id}`)).status).toBe(200);

    expect(await matches(outsider, signal.value!)).toEqual([]);
    for (const url of [
      `/v1/signals/${signal.id}`,
      `/v1/signals/${signal.id}/history`,
      `/v1/signals/${signal.id}/opinions`,
      `/v1/signal-lists/${list.id}`,
    ]) {
      expect([url, (await outsider.get(url)).status]).toEqual([url, 404]);
    }
    for (const [verb, body] of [
      ['opinion', { opinion: 'confirm' }],
      ['opinion/retract', undefined],
      ['withdraw', { reason: 'not mine' }],
      ['review', {}],
    ] as const) {
      expect([verb, (await outsider.post(`/v1/signals/${signal.id}/${verb}`, body)).status]).toEqual([verb, 404]);
    }
    const lists = await outsider.get<{ items: SignalListView[] }>('/v1/signal-lists');
    expect(lists.body.items.map(({ slug }) => slug)).toEqual(['common']);
    const intruded = await contribute(outsider, list.id);
    expect([intruded.status, intruded.body.errors?.[0]?.pointer]).toEqual([400, '/listId']);
  });

  it('lets an outsider who has the same hash learn nothing of the group that has it too', async () => {
    const list = await group();
    const hidden = (await contribute(owner, list.id)).body;
    const own = await outsider.post<SignalView>('/v1/signals', {
      type: 'sha256',
      value: hidden.value,
      labels: {},
      reviewed: false,
    });
    expect(own.body).toMatchObject({ id: hidden.id, state: 'provisional', reviewed: false });
    expect(own.body.contributions).toHaveLength(1);
    const gone = await outsider.post<SignalView>(`/v1/signals/${own.body.id}/withdraw`, { reason: 'mistaken' });
    expect(gone.body).toMatchObject({ state: 'withdrawn', contributions: [] });
    expect(await matches(outsider, hidden.value!)).toEqual([]);
    expect((await owner.get<SignalView>(`/v1/signals/${hidden.id}`)).body.state).toBe('active');
  });

  it('lets a member that may only read match, and not contribute until the owner says so', async () => {
    const list = await group();
    await join(list, false);
    const refused = await contribute(member, list.id);
    expect([refused.status, refused.body.code]).toEqual([403, 'signal-list.not-writable']);
    expect((await join(list, true)).body.members).toMatchObject([{ mayContribute: true }]);
    expect((await contribute(member, list.id)).status).toBe(201);
    const seen = await member.get<SignalListView>(`/v1/signal-lists/${list.id}`);
    expect(seen.body).toMatchObject({ mayContribute: true, members: [{ organisationId: memberOrganisation.id }] });
  });

  it('lets a member leave, with its contributions or without them', async () => {
    for (const keepContributions of [true, false]) {
      const list = await group();
      await join(list);
      const given = (await contribute(member, list.id)).body;
      const left = await member.post<LeftView>(`/v1/signal-lists/${list.id}/leave`, { keepContributions });
      expect(left.body).toMatchObject({ listId: list.id, withdrawn: keepContributions ? 0 : 1 });
      expect(await matches(owner, given.value!)).toEqual(keepContributions ? [given.id] : []);
      expect((await member.get(`/v1/signal-lists/${list.id}`)).status).toBe(404);
      const again = await member.post(`/v1/signal-lists/${list.id}/leave`, { keepContributions });
      expect(again.status).toBe(404);
      // What was left behind is still its contributor's to take back.
      const back = await member.post<SignalView & Problem>(`/v1/signals/${given.id}/withdraw`, { reason: 'after all' });
      expect(back.status).toBe(keepContributions ? 200 : 409);
    }
  });

  it('lets the owner put a member out and in again', async () => {
    const list = await group();
    await join(list);
    const out = await owner.post<SignalListView>(`/v1/signal-lists/${list.id}/members/remove`, {
      organisationId: memberOrganisation.id,
    });
    expect([out.status, out.body.members]).toEqual([200, []]);
    expect((await member.get(`/v1/signal-lists/${list.id}`)).status).toBe(404);
    expect((await join(list)).body.members).toHaveLength(1);
    expect((await member.get(`/v1/signal-lists/${list.id}`)).status).toBe(200);
  });

  it('cannot be left by who is no member, and has no place for who takes no part', async () => {
    const common = await outsider.post<Problem>('/v1/signal-lists/00000000-0000-7000-8000-000000000001/leave', {
      keepContributions: true,
    });
    expect([common.status, common.body.code]).toEqual([409, 'signal-list.not-member']);
    const list = await group();
    for (const organisationId of ['019b0000-0000-7000-8000-000000000001', owner.organisation.id]) {
      const answer = await owner.post<Problem>(`/v1/signal-lists/${list.id}/members`, {
        organisationId,
        mayContribute: true,
      });
      expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, '/organisationId']);
    }
  });

  it('is changed by its owner alone, on the version that was read', async () => {
    const list = await group({ sharing: 'everyone' });
    const changed = await owner.post<SignalListView>(`/v1/signal-lists/${list.id}`, { name: 'Renamed', version: 1 });
    expect(changed.body).toMatchObject({ name: 'Renamed', purpose: 'an enquiry', version: 2, autoAction: false });
    const stale = await owner.post<Problem>(`/v1/signal-lists/${list.id}`, { name: 'Stale', version: 1 });
    expect([stale.status, stale.body.code]).toEqual([409, 'request.version-conflict']);
    const foreign = await outsider.post<Problem>(`/v1/signal-lists/${list.id}`, { name: 'Ours' });
    expect([foreign.status, foreign.body.code]).toEqual([403, 'signal-list.not-owner']);
    const opened = await owner.post<Problem>(`/v1/signal-lists/${list.id}`, { sharing: 'everyone' });
    expect(opened.status).toBe(400);
    const common = await operator.post<SignalListView>('/v1/signal-lists/00000000-0000-7000-8000-000000000001', {
      tlp: 'green',
    });
    expect(common.body).toMatchObject({ tlp: 'green', owner: null });
  });

  it('takes nothing more when it is closed, while what stands on it goes on standing', async () => {
    const list = await group();
    const signal = (await contribute(owner, list.id)).body;
    const closed = await owner.post<SignalListView>(`/v1/signal-lists/${list.id}/close`, {});
    expect(closed.body).toMatchObject({ mayContribute: false, closedAt: world.clock.now().toISOString() });
    const late = await contribute(owner, list.id);
    expect([late.status, late.body.code]).toEqual([409, 'signal-list.closed']);
    expect(await matches(owner, signal.value!)).toEqual([signal.id]);
    expect((await owner.post<Problem>(`/v1/signal-lists/${list.id}/close`, {})).body.code).toBe('signal-list.closed');
    expect((await join(list)).status).toBe(409);
  });

  it('has a short name of its own among its owner’s, and says nothing of those of others', async () => {
    const list = await group();
    const body = { slug: list.slug, name: 'N', purpose: 'other', sharing: 'group', tlp: 'amber' };
    const again = await owner.post<Problem>('/v1/signal-lists', body);
    expect([again.status, again.body.code]).toEqual([409, 'signal-list.exists']);
    expect((await outsider.post('/v1/signal-lists', body)).status).toBe(201);
  });

  it('tells its owner and the member concerned what happens, and not the others', async () => {
    const list = await group();
    await join(list);
    const { rows } = await world.sql.query<{ kind: string; audience: string[] }>(
      `select kind, audience from ledger_entry where convert_from(bytes, 'UTF8')::jsonb -> 'subjects' ->> 'list' = $1 order by id`,
      [list.id],
    );
    expect(rows).toEqual([
      { kind: 'signal-list.created', audience: [owner.organisation.id] },
      { kind: 'signal-list.member-added', audience: [owner.organisation.id, memberOrganisation.id].sort() },
    ]);
  });
});
