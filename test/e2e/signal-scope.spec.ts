import { COMMON_LIST } from '../../src/signals/changes';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import type { SignalListView } from '../../src/signals/store/list.dto';
import type { DisputeView, DisputeWithSignal, OpinionsView } from '../../src/signals/store/opinion.dto';
import { startWorld, type CastOrganisation, type Person, type World } from '../support/app';
import { randomHash } from '../support/hashes';
import { eventually } from '../support/referral';
import { contribute, getSignal, opine } from '../support/signals';

const NOTE = 'seen in our secret operation';

interface Matches {
  matches: { state: string; action: string; opinions: { confirm: number; dispute: number }; lists: { id: string }[] }[];
}

/**
 * A group list of an authority with a member, and a platform outside that has the same file: what either says stays on the
 * lists that it reads, and does there what it says.
 */
describe('what is said of a hash is said of the lists on which it was seen', () => {
  let world: World;
  let owner: Person;
  let member: Person;
  let memberOrganisation: CastOrganisation;
  let outsider: Person;
  let curator: Person;
  let operator: Person;
  let made = 0;

  beforeAll(async () => {
    world = await startWorld();
    const { supervisor, platform } = await world.cast();
    owner = supervisor;
    memberOrganisation = platform;
    member = await world.person(platform, ['supervisor', 'moderator']);
    outsider = await world.person(await world.organisation('platform', 'outsider'), ['supervisor', 'moderator']);
    curator = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
    operator = await world.person(await world.organisation('operator', 'service'), ['operator']);
  });
  afterAll(() => world.close());

  async function listOf(person: Person, members: readonly CastOrganisation[] = []): Promise<string> {
    const body = { slug: `list-${++made}`, name: 'Group', purpose: 'an enquiry', sharing: 'group', tlp: 'amber' };
    const { body: list } = await person.post<SignalListView>('/v1/signal-lists', body);
    for (const { id } of members) {
      await person.post(`/v1/signal-lists/${list.id}/members`, { organisationId: id, mayContribute: true });
    }
    return list.id;
  }
  const dispute = (person: Person, id: string, reason = 'false_match') =>
    opine(person, id, { opinion: 'dispute', reason, note: 'not what it says' });
  const match = async (person: Person, value: string) =>
    (await person.get<Matches>(`/v1/signals/match?type=sha256&value=${value}`)).body.matches;
  const disputesOf = async (person: Person, id: string) =>
    (await person.get<{ items: DisputeView[] }>(`/v1/signal-disputes?signal=${id}`)).body.items;
  /** Everything has its place in the ledger. */
  const sequenced = (): Promise<unknown> =>
    eventually(
      () => world.sql.query('select 1 from ledger_pending limit 1'),
      ({ rowCount }) => rowCount === 0,
    );
  /** What came since, and the place to come back with. */
  const follow = async (person: Person, cursor?: string) => {
    const answer = await world.app.inject({
      url: `/v1/signals/feed?limit=10000${cursor ? `&cursor=${cursor}` : ''}`,
      headers: { authorization: `Bearer ${person.token}` },
    });
    expect([answer.statusCode, answer.statusCode === 200 ? '' : answer.body]).toEqual([200, '']);
    const lines = answer.body.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore
    return { lines: lines.slice(0, -1), through: String(lines.at(-1)?.['through']) };
  };
  /** What the feed of a program of this organisation says of a hash. */
  const feed = async (person: Person, value: string): Promise<Record<string, unknown>[]> =>
    (await follow(person)).lines.filter((line) => line['value'] === value);

  describe('a member of a group confirms, and an outsider holds the same hash', () => {
    it('tells the outsider neither of the confirmation nor of a dispute, of who spoke, why or when', async () => {
      const value = randomHash();
      const group = await listOf(owner, [memberOrganisation]);
      const { id } = await contribute(owner, { value, listId: group, reviewed: false });
      expect((await opine(member, id, { opinion: 'confirm', note: NOTE })).body).toMatchObject({
        state: 'active',
        opinions: { confirm: 1, dispute: 0 },
      });
      expect((await outsider.get(`/v1/signals/${id}`)).status).toBe(404);

      const mine = await listOf(outsider);
      await contribute(outsider, { value, listId: mine, reviewed: false });
      const own = await getSignal(outsider, id);
      expect(own).toMatchObject({ id, state: 'provisional', opinions: { confirm: 0, dispute: 0 } });
      const { body } = await outsider.get<OpinionsView>(`/v1/signals/${id}/opinions`);
      expect(body.opinions).toEqual([]);
      expect(await match(outsider, value)).toMatchObject([{ state: 'provisional', opinions: { confirm: 0 } }]);
      expect(await feed(outsider, value)).toMatchObject([
        { state: 'provisional', confirms: 0, disputes: 0, opinions: [], lists: [mine] },
      ]);
      expect(await feed(member, value)).toMatchObject([{ state: 'active', confirms: 1, lists: [group] }]);

      world.clock.advance(60_000);
      expect((await dispute(member, id, 'journalistic')).body.state).toBe('disputed');
      expect(await disputesOf(outsider, id)).toEqual([]);
      expect(await getSignal(outsider, id)).toEqual(own);
      const said = await outsider.get(`/v1/signals/${id}/history`);
      expect(JSON.stringify(said.body)).not.toMatch(/signal\.(confirmed|disputed)|secret operation/);
      const [decided] = await disputesOf(owner, id);
      expect((await outsider.get(`/v1/signal-disputes/${decided!.id}`)).status).toBe(404);
    });

    it('tells one who took its own contribution back nothing that happened to the hash elsewhere since', async () => {
      const value = randomHash();
      const group = await listOf(owner, [memberOrganisation]);
      const { id } = await contribute(owner, { value, listId: group, reviewed: false });
      await contribute(outsider, { value, listId: await listOf(outsider) });
      await outsider.post(`/v1/signals/${id}/withdraw`, { reason: 'mistaken' });
      const before = await getSignal(outsider, id);
      expect(before).toMatchObject({ state: 'withdrawn', contributions: [] });
      world.clock.advance(60_000);
      await opine(member, id, { opinion: 'confirm', note: NOTE });
      world.clock.advance(60_000);
      await dispute(member, id);
      await owner.post(`/v1/signals/${id}/review`, {});
      expect(await getSignal(outsider, id)).toEqual(before);
      expect((await outsider.get<OpinionsView>(`/v1/signals/${id}/opinions`)).body.opinions).toEqual([]);
      expect(await disputesOf(outsider, id)).toEqual([]);
      for (const url of ['disputed', 'active', 'provisional']) {
        const { body } = await outsider.get<{ items: SignalView[] }>(`/v1/signals?state=${url}`);
        expect([url, body.items.some((each) => each.id === id)]).toEqual([url, false]);
      }
    });

    it('lets the author, the operator and those who read one of its lists now read an opinion, and not a member that left', async () => {
      const value = randomHash();
      const group = await listOf(owner, [memberOrganisation, curator.organisation]);
      const { id } = await contribute(owner, { value, listId: group });
      await opine(member, id, { opinion: 'confirm', note: NOTE });
      const readers = async (person: Person) =>
        (await person.get<OpinionsView>(`/v1/signals/${id}/opinions`)).body.opinions?.map(({ note }) => note);
      for (const person of [owner, member, curator]) expect(await readers(person)).toEqual([NOTE]);
      await dispute(member, id);
      for (const person of [owner, member, operator]) expect(await disputesOf(person, id)).toHaveLength(1);
      await contribute(curator, { value, listId: group });
      await curator.post(`/v1/signal-lists/${group}/leave`, { keepContributions: true });
      expect(await readers(curator)).toEqual([]);
    });
  });

  describe('an outsider disputes what it has on its own list', () => {
    it('is refused where it alone stands behind the hash, and disarms nobody', async () => {
      const value = randomHash();
      const group = await listOf(owner, [memberOrganisation]);
      const { id } = await contribute(owner, { value, listId: group });
      expect(await match(member, value)).toMatchObject([{ state: 'active', action: 'block' }]);
      await contribute(outsider, { value, listId: await listOf(outsider) });
      for (const body of [{ opinion: 'dispute', reason: 'false_match' }, { opinion: 'confirm' }]) {
        const refused = await opine(outsider, id, body);
        expect([refused.status, refused.body.code]).toEqual([409, 'signal.only-yours']);
      }
      expect(await match(member, value)).toMatchObject([{ state: 'active', action: 'block' }]);
      await outsider.post(`/v1/signals/${id}/withdraw`, { reason: 'never mind' });
      expect(await match(member, value)).toMatchObject([{ state: 'active', action: 'block' }]);
      expect((await getSignal(owner, id)).disputes).toEqual([]);
    });

    it('puts in doubt the common list that it disputes, and not the group’s, whose owner decides about its own alone', async () => {
      const value = randomHash();
      const group = await listOf(owner, [memberOrganisation]);
      const { id } = await contribute(owner, { value, listId: group });
      await contribute(curator, { value });
      expect((await dispute(outsider, id)).body).toMatchObject({ state: 'disputed' });
      expect(await match(outsider, value)).toMatchObject([{ state: 'disputed', action: 'review' }]);
      // The group's own decision stands; that the common list is in doubt its readers see.
      expect(await match(member, value)).toMatchObject([{ state: 'active', action: 'block' }]);
      const seen = await getSignal(member, id);
      expect(seen).toMatchObject({ state: 'active', opinions: { dispute: 1 }, disputes: [{ listIds: [COMMON_LIST] }] });
      const [open] = await disputesOf(owner, id);
      expect(open).toMatchObject({ mayReject: false, mayUphold: false, listIds: [COMMON_LIST] });
      const decided = await operator.post<DisputeWithSignal>(`/v1/signal-disputes/${open!.id}/resolve`, {
        outcome: 'upheld',
        note: 'looked at it',
      });
      expect(decided.body).toMatchObject({ state: 'upheld' });
      expect(await match(outsider, value)).toEqual([]);
      expect(await match(member, value)).toMatchObject([{ state: 'active', action: 'block', lists: [{ id: group }] }]);
    });

    it('is decided by the owner of the list that a member disputes, whoever else holds the hash', async () => {
      const value = randomHash();
      const group = await listOf(owner, [memberOrganisation]);
      const { id } = await contribute(owner, { value, listId: group });
      await contribute(outsider, { value, listId: await listOf(outsider) });
      await dispute(member, id);
      expect(await match(member, value)).toMatchObject([{ state: 'disputed', action: 'review' }]);
      expect(await match(outsider, value)).toMatchObject([{ state: 'active', action: 'block' }]);
      const [open] = await disputesOf(owner, id);
      expect(open).toMatchObject({ mayReject: true, listIds: [group] });
      const answer = await owner.post(`/v1/signal-disputes/${open!.id}/resolve`, {
        outcome: 'rejected',
        note: 'looked',
      });
      expect(answer.status).toBe(200);
      expect(await match(member, value)).toMatchObject([{ state: 'active', action: 'block' }]);
    });

    it('lets no rule about a disputed list block because the hash stands on another', async () => {
      const value = randomHash();
      const ruled = await world.person(await world.organisation('platform', 'by-list'), ['supervisor', 'moderator']);
      const group = await listOf(owner, [ruled.organisation]);
      await contribute(curator, { value });
      const { id } = await contribute(owner, { value, listId: group });
      const rules = [
        { name: 'the group', action: 'block', lists: [group] },
        { name: 'the rest', action: 'review' },
      ];
      const made = await ruled.post<{ id: string }>('/v1/signal-policies', { name: 'by list', rules });
      await ruled.post(`/v1/signal-policies/${made.body.id}/dry-run`, {});
      expect((await ruled.post(`/v1/signal-policies/${made.body.id}/enforce`, {})).status).toBeLessThan(300);
      expect(await match(ruled, value)).toMatchObject([{ action: 'block', because: 'the group' }]);
      await dispute(owner, id, 'collision');
      // The owner reads both lists; alone behind its own list, it disputes the common one.
      expect(await match(ruled, value)).toMatchObject([{ action: 'block', because: 'the group' }]);
      await dispute(ruled, id, 'collision');
      expect(await match(ruled, value)).toMatchObject([{ state: 'disputed', action: 'review' }]);
      const open = (await disputesOf(operator, id)).filter(({ listIds }) => listIds.length === 1);
      expect(open).toMatchObject([{ listIds: [COMMON_LIST] }]);
    });
  });

  it('counts what platforms found for the lists through which they saw it, and doubts those alone', async () => {
    const value = randomHash();
    const group = await listOf(owner, [memberOrganisation]);
    const { id } = await contribute(owner, { value, listId: group });
    await contribute(curator, { value });
    const third = await world.person(await world.organisation('platform', 'third'), ['supervisor', 'moderator']);
    for (const person of [outsider, third]) await person.post(`/v1/signals/${id}/feedback`, { verdict: 'false' });
    expect(await match(third, value)).toMatchObject([{ state: 'disputed', feedback: { false: 2 } }]);
    expect(await match(member, value)).toMatchObject([{ state: 'active', action: 'block', feedback: { false: 2 } }]);
    const alone = randomHash();
    const hidden = await contribute(owner, { value: alone, listId: group });
    await member.post(`/v1/signals/${hidden.id}/feedback`, { verdict: 'confirmed' });
    const own = await contribute(outsider, { value: alone, listId: await listOf(outsider) });
    expect(own.feedback).toEqual({ confirmed: 0, false: 0, alreadyKnown: 0 });
  });

  it('sends no line to an outsider when a hash is looked at again, or let out of quarantine, on a list of others', async () => {
    const value = randomHash();
    const group = await listOf(owner, [memberOrganisation]);
    const { id } = await contribute(owner, { value, listId: group });
    await contribute(outsider, { value, listId: await listOf(outsider) });
    const ofOwner = { organisationId: owner.organisation.id, note: 'for this test' };
    await operator.post('/v1/signal-trust', { ...ofOwner, level: 'new', hourlyFlood: 0 });
    const second = await listOf(owner, [memberOrganisation]);
    await contribute(owner, { value, listId: second });
    // Whoever reads writes down first what it is served by now.
    for (const person of [member, outsider]) await follow(person);
    await sequenced();
    const [toMember, toOutsider] = [await follow(member), await follow(outsider)];

    expect((await owner.post(`/v1/signals/${id}/review`, {})).status).toBe(200);
    const waits = `/v1/signal-quarantine?organisationId=${owner.organisation.id}`;
    const [batch] = (await operator.get<{ items: { id: string }[] }>(waits)).body.items;
    const colleague = await world.person(operator.organisation, ['operator']);
    for (const person of [operator, colleague])
      await person.post(`/v1/signal-quarantine/${batch!.id}/release`, { reason: 'their own list' });
    await operator.post('/v1/signal-trust', { ...ofOwner, level: 'known' });

    await sequenced();
    expect((await follow(member, toMember.through)).lines).toMatchObject([{ value, lists: [group, second] }]);
    expect((await follow(outsider, toOutsider.through)).lines).toEqual([]);
  });
});
