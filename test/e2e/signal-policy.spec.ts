import { randomBytes } from 'node:crypto';
import { COLLISION_RESISTANT, DEFAULT_RULES } from '../../src/domain/signal-policy';
import { SIGNAL_HEX_LENGTH, SIGNAL_TYPES, type SignalType } from '../../src/domain/vocabulary';
import { Work } from '../../src/infra/database/work';
import { LedgerFollow } from '../../src/ledger/ledger-follow';
import { COMMON_LIST } from '../../src/signals/changes';
import { Directory } from '../../src/signals/matching/directory.service';
import { SignalIndex } from '../../src/signals/matching/signal-index.service';
import type { DryRunAnswer, PolicyView } from '../../src/signals/policy/policy.dto';
import { startWorld, type Person, type World } from '../support/app';
import { AppRole, until, type Problem } from '../support/signals';

interface Found {
  signalId: string;
  action: string;
  because: string;
  policyVersion: number | null;
  state: string;
}

const hashOf = (type: SignalType): string => randomBytes(SIGNAL_HEX_LENGTH[type] / 2).toString('hex');

describe('what a body wants done with matches', () => {
  let world: World;
  let analyst: Person;
  let moderator: Person;
  let serial = 0;

  beforeAll(async () => {
    world = await startWorld();
    ({ analyst, moderator } = await world.cast());
    await until(() => world.app.get(SignalIndex).loaded);
  });
  afterAll(() => world.close());

  /** A platform of its own: a moderator who is its administrator too. */
  const platform = async (): Promise<Person> =>
    world.person(await world.organisation('platform', `host-${++serial}`), ['moderator', 'admin']);
  const contribute = async (type: SignalType, more: object = {}, by = analyst) => {
    const value = hashOf(type);
    const quality = type === 'pdq' ? { quality: 90 } : {};
    const made = await by.post<{ id: string }>('/v1/signals', { type, value, labels: {}, ...quality, ...more });
    expect(made.status).toBe(201);
    return { id: made.body.id, value, type };
  };
  const ask = async (person: Person, { type, value }: { type: SignalType; value: string }): Promise<Found[]> =>
    (await person.get<{ matches: Found[] }>(`/v1/signals/match?type=${type}&value=${value}`)).body.matches;
  const draft = (person: Person, rules: unknown, name = 'ours') =>
    person.post<PolicyView & Problem>('/v1/signal-policies', { name, rules });
  const enforce = async (person: Person, id: string | null) => {
    await person.post(`/v1/signal-policies/${id}/dry-run`, {});
    return person.post<PolicyView & Problem>(`/v1/signal-policies/${id}/enforce`);
  };

  it('blocks by default on the reviewed SHA-2 alone, and holds every other type for a person', async () => {
    for (const type of SIGNAL_TYPES.filter((each) => each !== 'vpdq')) {
      const signal = await contribute(type);
      const [found] = await ask(moderator, signal);
      const action = COLLISION_RESISTANT.includes(type) ? 'block' : 'review';
      expect([type, found?.action, found?.policyVersion]).toEqual([type, action, null]);
      const [unseen] = await ask(moderator, await contribute(type, { reviewed: false }));
      expect([type, unseen?.action, unseen?.state]).toEqual([type, 'review', 'provisional']);
    }
    const current = (await moderator.get<PolicyView>('/v1/signal-policies/current')).body;
    expect(current).toMatchObject({ id: null, version: null, rules: DEFAULT_RULES });
    expect(current.words[0]).toMatch(/Block if the hash is sha256 or sha512/);
  });

  it('decides by the new rules with the next question once they are in force, here and on another node, and nothing before', async () => {
    const host = await platform();
    const signal = await contribute('pdq', { labels: { category: 'threat' } });
    const other = new Directory(world.app.get(Work), world.app.get(LedgerFollow));
    other.onApplicationBootstrap();
    await other.ready();
    const made = await draft(host, [{ name: 'threats', action: 'block', categories: ['threat'] }]);
    expect([made.status, made.body]).toEqual([
      201,
      expect.objectContaining({ version: 1, state: 'draft', enforcedAt: null }),
    ]);
    expect((await ask(host, signal))[0]).toMatchObject({ action: 'review', policyVersion: null });
    expect((await enforce(host, made.body.id)).body).toMatchObject({ state: 'in_force', version: 1 });
    expect((await ask(host, signal))[0]).toMatchObject({ action: 'block', because: 'threats', policyVersion: 1 });
    expect((await ask(moderator, signal))[0]).toMatchObject({ action: 'review', policyVersion: null });
    await until(() => other.policyOf(host.organisation.id).version === 1);
    expect((await enforce(host, made.body.id)).body.code).toBe('signal-policy.in-force');
    const second = await draft(host, [{ name: 'nothing', action: 'ignore' }]);
    await enforce(host, second.body.id);
    expect((await ask(host, signal))[0]).toMatchObject({ action: 'ignore', policyVersion: 2 });
    // The one before can be put in force again.
    expect((await enforce(host, made.body.id)).body).toMatchObject({ state: 'in_force', replacedAt: null });
    const all = (await host.get<{ items: PolicyView[] }>('/v1/signal-policies')).body.items;
    expect(all.map(({ version, state }) => [version, state])).toEqual([
      [2, 'replaced'],
      [1, 'in_force'],
    ]);
  });

  it('never blocks by what is disputed or provisional, whatever a platform’s rules say', async () => {
    const host = await platform();
    const made = await draft(host, [{ name: 'all', action: 'block' }]);
    await enforce(host, made.body.id);
    const [provisional, disputed] = [await contribute('sha256', { reviewed: false }), await contribute('sha256')];
    await world.sql.query(
      `insert into signal_dispute (id, signal_id, list_ids, reason, opened_at, due_at)
       select gen_random_uuid(), $1, array_agg(id), 'false_match', now(), now() from signal_list`,
      [disputed.id],
    );
    await world.app.get(SignalIndex).touch([disputed.id]);
    expect((await ask(host, provisional))[0]).toMatchObject({
      action: 'review',
      because: 'a provisional signal never blocks',
    });
    expect((await ask(host, disputed))[0]).toMatchObject({
      action: 'review',
      because: 'a disputed signal never blocks',
    });
  });

  it('blocks on a list for automatic action only once two organisations stand behind the hash', async () => {
    const owner = await world.organisation('civil_society', 'list-owner');
    const curator = await world.person(owner, ['curator']);
    const list = '019b0000-0000-7000-8000-0000000000aa';
    await world.sql.query(
      `insert into signal_list (id, slug, name, purpose, owner_id, sharing, tlp, auto_action, created_at)
       values ($1, 'automatic', 'Automatic', 'Acted upon without a person', $2, 'everyone', 'green', true, now())`,
      [list, owner.id],
    );
    await world.sql.query(
      `insert into signal_list_member (list_id, organisation_id, may_contribute, joined_at) values ($1, $2, true, now())`,
      [list, analyst.organisation.id],
    );
    await world.app.get(Directory).refresh();
    const signal = await contribute('sha256', { listId: list }, curator);
    expect((await ask(moderator, signal))[0]).toMatchObject({
      action: 'review',
      because: 'two organisations must stand behind it',
    });
    const second = await analyst.post('/v1/signals', {
      type: signal.type,
      value: signal.value,
      labels: {},
      listId: list,
    });
    expect(second.status).toBe(201);
    expect((await ask(moderator, signal))[0]).toMatchObject({ action: 'block', because: 'reviewed exact hash' });
  });

  it('tries rules on yesterday’s matches, says what would change, and changes nothing', async () => {
    const host = await platform();
    const [kept, gone] = [await contribute('sha256', { severity: 'critical' }), await contribute('sha256')];
    for (const signal of [kept, gone]) expect((await ask(host, signal))[0]?.action).toBe('block');
    const recorded = async () =>
      (
        await world.sql.query<{ row: string }>(
          'select m::text as row from signal_match m where organisation_id = $1 order by 1',
          [host.organisation.id],
        )
      ).rows;
    await until(async () => (await recorded()).length === 2);
    const unitCurator = await world.person(analyst.organisation, ['curator']);
    expect((await unitCurator.post(`/v1/signals/${gone.id}/withdraw`, { reason: 'a mistake' })).status).toBe(200);
    const made = await draft(host, [
      { name: 'grave', action: 'review', minSeverity: 'critical' },
      { name: 'rest', action: 'block' },
    ]);
    const before = await recorded();
    const run = (body: object) =>
      host.post<DryRunAnswer & Problem>(`/v1/signal-policies/${made.body.id}/dry-run`, body);
    expect((await run({})).body).toMatchObject({
      matches: 0,
      from: '2026-03-01T00:00:00.000Z',
      to: '2026-03-02T00:00:00.000Z',
    });
    const today = await run({ from: '2026-03-02T00:00:00Z', to: '2026-03-03T00:00:00Z' });
    expect(today.body).toMatchObject({
      matches: 2,
      undecidable: 1,
      before: { block: 1, review: 0, ignore: 0 },
      after: { block: 0, review: 1, ignore: 0 },
      changed: 1,
      changes: [{ signalId: kept.id, before: 'block', after: 'review', because: 'grave', source: 'lookup' }],
    });
    expect(today.body.notes.join(' ')).toMatch(/not kept/);
    expect(await recorded()).toEqual(before);
    expect((await host.get<PolicyView>('/v1/signal-policies/current')).body.id).toBeNull();
    for (const body of [
      { from: '2026-03-02T00:00:00Z', to: '2026-03-02T00:00:00Z' },
      { from: '2026-01-01T00:00:00Z', to: '2026-03-02T00:00:00Z' },
      { from: 'yesterday' },
    ])
      expect((await run(body)).status).toBe(400);
    // Tomorrow they are yesterday's.
    const now = world.clock.now();
    world.clock.advance(86_400_000);
    expect((await run({})).body.matches).toBe(2);
    world.clock.set(now);
  });

  it('puts in force no policy that was not tried, and says what to call', async () => {
    const host = await platform();
    const other = await draft(host, [{ name: 'other', action: 'ignore' }]);
    await host.post(`/v1/signal-policies/${other.body.id}/dry-run`, {});
    const made = await draft(host, [{ name: 'all', action: 'block' }]);
    expect(made.body.triedAt).toBeNull();
    const url = `/v1/signal-policies/${made.body.id}`;
    const refused = await host.post<Problem>(`${url}/enforce`);
    expect([refused.status, refused.body.code]).toEqual([409, 'signal-policy.not-tried']);
    expect(JSON.stringify(refused.body)).toContain(`POST ${url}/dry-run`);
    expect((await host.post(`${url}/dry-run`, {})).status).toBe(200);
    const enforced = await host.post<PolicyView>(`${url}/enforce`);
    expect(enforced.body).toMatchObject({ state: 'in_force', triedAt: expect.any(String) });
  });

  it('refuses rules that are none and says where, and lists that one may not read', async () => {
    const host = await platform();
    const secret = '019b0000-0000-7000-8000-0000000000bb';
    await world.sql.query(
      `insert into signal_list (id, slug, name, purpose, owner_id, sharing, tlp, created_at) values ($1, 'inner', 'Inner', 'p', $2, 'group', 'red', now())`,
      [secret, analyst.organisation.id],
    );
    const wrong = await draft(host, [{ name: 'x', action: 'erase', maxDistance: 65, colour: 1 }]);
    expect(wrong.status).toBe(400);
    expect(wrong.body.errors?.map(({ pointer }) => pointer).toSorted()).toEqual([
      '/rules/0/action',
      '/rules/0/colour',
      '/rules/0/maxDistance',
    ]);
    const unseen = await draft(host, [{ name: 'x', action: 'review', lists: [COMMON_LIST, secret] }]);
    expect([unseen.status, unseen.body.errors?.map(({ pointer }) => pointer)]).toEqual([400, ['/rules/0/lists/1']]);
    for (const rules of [
      [],
      undefined,
      'rules',
      Array.from({ length: 51 }, (_, i) => ({ name: `${i}`, action: 'review' })),
    ])
      expect((await draft(host, rules)).status).toBe(400);
    expect((await draft(host, DEFAULT_RULES, '')).status).toBe(400);
    const named = await draft(host, [{ name: 'x', action: 'review', lists: [COMMON_LIST] }]);
    expect(named.body.words).toEqual(['x: Hold for a person if it stands on Common list.']);
  });

  it('is its own organisation’s alone, over HTTP and as SQL', async () => {
    const [host, stranger] = [await platform(), await platform()];
    const { id } = (await draft(host, DEFAULT_RULES)).body;
    expect((await enforce(stranger, id)).status).toBe(404);
    expect((await stranger.post(`/v1/signal-policies/${id}/dry-run`, {})).status).toBe(404);
    expect((await stranger.get<{ items: unknown[] }>('/v1/signal-policies')).body.items).toEqual([]);
    expect((await analyst.get('/v1/signal-policies')).status).toBe(403);
    expect((await draft(analyst, DEFAULT_RULES)).status).toBe(403);
    const app = await AppRole.connect(world);
    for (const statement of [
      `insert into signal_policy (id, organisation_id, version, name, rules, made_at) values (gen_random_uuid(), '${host.organisation.id}', 9, 'x', '[]', now())`,
      `update signal_policy set state = 'in_force', enforced_at = now()`,
      `update signal_policy set rules = '[]'`,
      `delete from signal_policy`,
      `update signal_policy set state = 'in_force' where id = '${id}'`,
    ]) {
      const outcome = await app.try(stranger, statement);
      expect([statement, outcome === 0 || outcome === '42501']).toEqual([statement, true]);
    }
    await app.close();
  });

  it('keeps one policy in force when two people put one in force at once', async () => {
    const host = await platform();
    const drafts = await Promise.all([1, 2, 3].map((n) => draft(host, DEFAULT_RULES, `number ${n}`)));
    expect(new Set(drafts.map(({ body }) => body.version))).toEqual(new Set([1, 2, 3]));
    const answers = await Promise.all(drafts.map(({ body }) => enforce(host, body.id)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const all = (await host.get<{ items: PolicyView[] }>('/v1/signal-policies')).body.items;
    expect(all.map(({ state }) => state).toSorted()).toEqual(['in_force', 'replaced', 'replaced']);
  });
});
