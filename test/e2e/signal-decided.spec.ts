import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { OPINION_LIMITS, TRUST_LIMITS } from '../../src/domain/signal-trust';
import { vpdqDigest } from '../../src/perceptual/vpdq';
import { signScope } from '../../src/infra/database/scope';
import { NegativeIndex } from '../../src/signals/defence/negative-index.service';
import type {
  QuarantineDecision,
  QuarantineItemView,
  QuarantineView,
  RollBackAnswer,
  TrustView,
} from '../../src/signals/defence/review/defence.dto';
import type { HeldBackView } from '../../src/signals/defence/review/held-back.dto';
import { SignalIndex } from '../../src/signals/matching/signal-index.service';
import type { BatchAnswer, SignalView } from '../../src/signals/store/contribution.dto';
import type { SignalListView } from '../../src/signals/store/list.dto';
import type { DisputeView, ResolvedDisputes } from '../../src/signals/store/opinion.dto';
import { minutes, startWorld, type CastOrganisation, type Person, type World } from '../support/app';
import { randomHash } from '../support/hashes';

interface Problem {
  code: string;
  detail?: string;
}
type Answer = SignalView & Problem;

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
const hash = randomHash;
/** With 128 ones, as PDQ of a picture has. */
const pdq = (): string =>
  Array.from(randomBytes(16), (byte) => [byte, byte ^ 0xff])
    .flat()
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
const flip = (value: string, bits: number): string => {
  let all = BigInt(`0x${value}`);
  for (let bit = 0; bit < bits; bit++) all ^= 1n << BigInt(bit * 7);
  return all.toString(16).padStart(64, '0');
};

describe('what people decided about shared hashes, and what one body may do to those of others', () => {
  let world: World;
  let moderator: Person;
  let operators: [Person, Person];
  let operator: Person;
  let serial = 0;

  beforeAll(async () => {
    world = await startWorld();
    ({ moderator } = await world.cast());
    const office = await world.organisation('operator', 'operations');
    operators = [await world.person(office, ['operator']), await world.person(office, ['operator'])];
    [operator] = operators;
    for (let turn = 0; turn < 400; turn++) {
      if (world.app.get(SignalIndex).loaded && world.app.get(NegativeIndex).loaded) return;
      await sleep(25);
    }
  });
  afterAll(() => world.close());

  const body = async (kind: 'civil_society' | 'platform' = 'civil_society'): Promise<Person> =>
    world.person(await world.organisation(kind, `body-${++serial}`), ['curator']);
  const contribute = (person: Person, signal: Record<string, unknown> = {}) =>
    person.post<Answer>('/v1/signals', { type: 'sha256', value: hash(), labels: {}, ...signal });
  const stands = async (person: Person, signal: Record<string, unknown> = {}): Promise<SignalView> => {
    const answer = await contribute(person, signal);
    expect([answer.status, answer.body.contributions?.map(({ state }) => state)]).toEqual([201, expect.arrayContaining(['standing'])]); // prettier-ignore
    return answer.body;
  };
  const trust = (person: Person, level: string, limits: Record<string, number> = {}) =>
    operator.post('/v1/signal-trust', {
      organisationId: person.organisation.id,
      level,
      note: 'for this test',
      ...limits,
    });
  const trustOf = async ({ organisation: { id } }: Person): Promise<TrustView> =>
    (await operator.get<{ items: TrustView[] }>('/v1/signal-trust?limit=200')).body.items.find(
      ({ organisation }) => organisation.id === id,
    )!;
  const dispute = (person: Person, id: string, reason = 'false_match') =>
    person.post<Answer>(`/v1/signals/${id}/opinion`, { opinion: 'dispute', reason });
  const disputed = async (person: Person, id: string): Promise<string> =>
    (await dispute(person, id)).body.disputes.find((one) => one.organisationId === person.organisation.id)!.id;
  const uphold = (person: Person, id: string) =>
    person.post(`/v1/signal-disputes/${id}/resolve`, { outcome: 'upheld', note: 'it is a news report' });
  const match = async (value: string): Promise<string[]> =>
    (
      await moderator.get<{ matches: { action: string }[] }>(`/v1/signals/match?type=sha256&value=${value}`)
    ).body.matches.map(({ action }) => action);
  const waiting = async ({ id }: CastOrganisation): Promise<QuarantineView[]> =>
    (await operator.get<{ items: QuarantineView[] }>(`/v1/signal-quarantine?organisationId=${id}`)).body.items;
  const reasons = async (person: Person) => (await waiting(person.organisation)).map((batch) => batch.reasons);
  const twoPeople = async <T>(path: string, reason: string, more: object = {}): Promise<T> => {
    expect((await operator.post(path, { reason, ...more })).status).toBe(202);
    const done = await operators[1].post<T>(path, { reason, ...more });
    expect([done.status, done.body]).toEqual([200, done.body]);
    return done.body;
  };
  const video = (hashes: readonly string[], quality = 90) => {
    const frames = hashes.map((one) => ({ hash: one, quality }));
    const value = vpdqDigest(frames.map((frame, i) => ({ ...frame, frame: i, atMs: 0 })));
    return { type: 'vpdq', value: value ?? hash(), frames };
  };
  const stateOf = ({ contributions }: SignalView): string[] => contributions.map(({ state }) => state);

  describe('a decision', () => {
    it('to uphold a dispute keeps the hash off that list whoever contributes it, until the operator releases it', async () => {
      const [first, second, watcher] = [await body(), await body(), await body()];
      const signal = await stands(first);
      await uphold(operator, await disputed(watcher, signal.id));
      expect(await match(signal.value!)).toEqual([]);
      for (const person of [first, second]) {
        const again = await contribute(person, { value: signal.value });
        expect([again.status, stateOf(again.body)]).toEqual([201, ['quarantined']]);
        expect(await reasons(person)).toEqual([{ dispute_upheld: 1 }]);
      }
      expect(await match(signal.value!)).toEqual([]);
      const [batch] = await waiting(second.organisation);
      await twoPeople(`/v1/signal-quarantine/${batch!.id}/release`, 'it was the full recording after all');
      expect((await match(signal.value!)).length).toBe(1);
      // The other one waits still: it is released by itself. What comes now needs nobody.
      expect(await reasons(first)).toEqual([{ dispute_upheld: 1 }]);
      expect(stateOf(await stands(await body(), { value: signal.value }))).toContain('standing');
    });

    it('of a list’s owner is the owner’s to take back, and of that list alone', async () => {
      const [owner, member, watcher] = [await body(), await body(), await body()];
      const list = (await owner.post<SignalListView>('/v1/signal-lists', { slug: 'close-group', name: 'Close group', purpose: 'Of these three', sharing: 'group', tlp: 'amber' })).body; // prettier-ignore
      for (const { organisation } of [member, watcher])
        await owner.post(`/v1/signal-lists/${list.id}/members`, { organisationId: organisation.id, mayContribute: true }); // prettier-ignore
      const signal = await stands(member, { listId: list.id });
      await uphold(owner, await disputed(watcher, signal.id));
      expect(stateOf((await contribute(member, { value: signal.value, listId: list.id })).body)).toEqual([
        'quarantined',
      ]);
      expect(stateOf((await contribute(member, { value: signal.value })).body).toSorted()).toEqual([
        'quarantined',
        'standing',
      ]);
      const held = `/v1/signal-lists/${list.id}/held`;
      expect((await member.get<Problem>(held)).body.code).toBe('signal-list.not-owner');
      expect((await (await body()).get(held)).status).toBe(404);
      const { items } = (await owner.get<{ items: HeldBackView[] }>(held)).body;
      expect(items).toMatchObject([
        { signalId: signal.id, value: signal.value, organisationId: member.organisation.id },
      ]);
      const release = { contributionIds: items.map(({ contributionId }) => contributionId), reason: 'it is whole now' };
      expect((await member.post<Problem>(`${held}/release`, release)).body.code).toBe('signal-list.not-owner');
      expect((await owner.post(`${held}/release`, release)).body).toMatchObject({ released: 1 });
      expect((await owner.post<Problem>(`${held}/release`, release)).body.code).toBe('signal-quarantine.decided');
      const now = (await member.get<SignalView>(`/v1/signals/${signal.id}`)).body;
      expect(stateOf(now)).toEqual(['standing', 'standing']);
      // What the operator decided is not the owner's to take back.
      await uphold(operator, await disputed(await body(), signal.id));
      const later = await stands(member, { listId: list.id });
      await uphold(operator, await disputed(watcher, later.id));
      await contribute(member, { value: later.value, listId: list.id });
      expect((await owner.get<{ items: unknown[] }>(held)).body.items).toEqual([]);
    });

    it('to reject what waited, or to roll a body back, holds the same hash of the same body, and of no other', async () => {
      const [flooder, other] = [await body(), await body()];
      await trust(flooder, 'new', { hourlyFlood: 0 });
      const [rejected, rolledBack] = [sha('rejected'), sha('rolled back')];
      await contribute(flooder, { value: rejected });
      const [batch] = await waiting(flooder.organisation);
      await operator.post(`/v1/signal-quarantine/${batch!.id}/reject`, { reason: 'a malicious flood' });
      await trust(flooder, 'known');
      await stands(flooder, { value: rolledBack });
      await twoPeople(`/v1/organisations/${flooder.organisation.id}/roll-back-signals`, 'its account was taken over');
      await trust(flooder, 'trusted');
      const again = await flooder.post<BatchAnswer>('/v1/signals/batch', {
        reviewed: true,
        signals: [rejected, rolledBack, sha('harmless to all')].map((value) => ({ type: 'sha256', value })),
      });
      expect(again.body).toMatchObject({ contributed: 1, quarantined: 2 });
      expect(await reasons(flooder)).toEqual([{ rejected: 1, rolled_back: 1 }]);
      await stands(other, { value: rejected });
    });

    it('outlives the erasure of the hash', async () => {
      const [owner, watcher] = [await body(), await body()];
      const signal = await stands(owner);
      await uphold(operator, await disputed(watcher, signal.id));
      await operator.post(`/v1/signals/${signal.id}/erase`, { reason: 'unlawful to keep' });
      await operators[1].post(`/v1/signals/${signal.id}/erase`, { reason: 'unlawful to keep' });
      expect(stateOf((await contribute(owner, { value: signal.value })).body)).toEqual(['quarantined']);
    });
  });

  it('opens a dispute again when a hash comes back about which the same body’s opinion stands', async () => {
    const [first, watcher] = [await body(), await body()];
    const signal = await stands(first);
    await dispute(watcher, signal.id, 'journalistic');
    await first.post(`/v1/signals/${signal.id}/withdraw`, { reason: 'to have it undisputed' });
    const again = await stands(first, { value: signal.value });
    expect(again).toMatchObject({ state: 'disputed', opinions: { dispute: 1 } });
    expect(again.disputes).toMatchObject([{ organisationId: watcher.organisation.id, reason: 'journalistic' }]);
    expect(await match(signal.value!)).toEqual(['review']);
    // One that was rejected stays so, however often the hash comes.
    await operator.post(`/v1/signal-disputes/${again.disputes[0]!.id}/resolve`, {
      outcome: 'rejected',
      note: 'looked',
    });
    await first.post(`/v1/signals/${signal.id}/withdraw`, { reason: 'once more' });
    expect(await stands(first, { value: signal.value })).toMatchObject({ state: 'active', disputes: [] });
  });

  describe('quarantine', () => {
    it('lets nothing out that matches a negative by now, and decides one reason and not the others', async () => {
      const person = await body();
      await trust(person, 'new', { hourlyFlood: 0 });
      const [card, plain] = [pdq(), pdq()];
      const sent = [card, plain].map((value) => ({ type: 'pdq', value, quality: 90 }));
      const film = video([card, pdq(), pdq()]);
      expect((await person.post<BatchAnswer>('/v1/signals/batch', { signals: [...sent, film] })).body.quarantined).toBe(
        3,
      );
      await operator.post('/v1/signal-negatives', {
        kind: 'harmless',
        entries: [{ type: 'pdq', value: flip(card, 3), note: 'a card' }],
      });
      const [flood] = await waiting(person.organisation);
      const released = await twoPeople<QuarantineDecision>(
        `/v1/signal-quarantine/${flood!.id}/release`,
        'a list of ours',
      );
      expect(released).toMatchObject({ decided: 3, waiting: 0, elsewhere: 2 });
      const found = async (one: string) =>
        (await moderator.get<{ matches: unknown[] }>(`/v1/signals/match?type=pdq&value=${one}&radius=0`)).body.matches;
      expect([(await found(card)).length, (await found(plain)).length]).toEqual([0, 1]);
      const { items } = (await operator.get<{ items: QuarantineView[] }>('/v1/signal-quarantine')).body;
      const collision = items.find(({ reasons: why, waiting: count }) => why.collision === 2 && count === 2)!;
      await twoPeople(`/v1/signal-quarantine/${collision.id}/release`, 'it is another card');
      expect((await found(card)).length).toBe(1);
    });

    it('never shows what was rejected in it to those who read the list', async () => {
      const [person, reader] = [await body(), await body()];
      await trust(person, 'new', { hourlyFlood: 0 });
      const made = await contribute(person);
      const [batch] = await waiting(person.organisation);
      await operator.post(`/v1/signal-quarantine/${batch!.id}/reject`, { reason: 'not what it says' });
      expect((await reader.get(`/v1/signals/${made.body.id}`)).status).toBe(404);
      const { items } = (await reader.get<{ items: SignalView[] }>('/v1/signals?state=withdrawn&limit=200')).body;
      expect(items.map(({ id }) => id)).not.toContain(made.body.id);
      expect((await person.get(`/v1/signals/${made.body.id}`)).status).toBe(200);
    });
  });

  it('rolls back the batch that was underway as well', async () => {
    const person = await body();
    await trust(person, 'trusted');
    const values = Array.from({ length: 2_000 }, hash);
    const path = `/v1/organisations/${person.organisation.id}/roll-back-signals`;
    await operator.post(path, { reason: 'its account was taken over' });
    const sending = person.post<BatchAnswer>('/v1/signals/batch', { signals: values.map((value) => ({ type: 'sha256', value })) }); // prettier-ignore
    await sleep(60);
    expect((await operators[1].post(path, { reason: 'agreed' })).status).toBe(200);
    expect((await sending).status).toBe(200);
    const { rows } = await world.sql.query<{ standing: number }>(
      `select count(*)::int as standing from signal_contribution where organisation_id = $1 and state = 'standing'`,
      [person.organisation.id],
    );
    expect(rows).toEqual([{ standing: 0 }]);
  });

  it('lets a new body share a list with a group, and with everyone once it is known', async () => {
    const person = await body('platform');
    const make = (slug: string, sharing: string) =>
      person.post<Problem>('/v1/signal-lists', { slug, name: slug, purpose: 'Of this test', sharing, tlp: 'amber' });
    expect((await make('for-a-group', 'group')).status).toBe(201);
    const refused = await make('for-everyone', 'everyone');
    expect([refused.status, refused.body.code]).toEqual([403, 'signal-list.needs-trust']);
    await trust(person, 'known');
    expect((await make('for-everyone', 'everyone')).status).toBe(201);
  });

  it('refuses the one line of a batch that nobody could keep', async () => {
    const person = await body();
    const signals = [hash(), '\ud800', hash()].map((value) => ({ type: 'sha256', value }));
    const answer = await person.post<BatchAnswer>('/v1/signals/batch', { signals });
    expect(answer.body).toMatchObject({ contributed: 2, refused: [{ index: 1, code: 'request.invalid' }] });
    const labelled = [{ type: 'sha256', value: hash(), incident: 'a\udfff' }, { type: 'sha256', value: hash(), '\ud800': 1 }]; // prettier-ignore
    const more = await person.post<BatchAnswer>('/v1/signals/batch', { signals: labelled });
    expect(more.body).toMatchObject({ contributed: 0, refused: [{ index: 0 }, { index: 1 }] });
  });

  it('never trusts a body more for having hit a canary', async () => {
    const [strict, loose] = [await body(), await body()];
    await trust(strict, 'new', { dailyQuota: 3, hourlyFlood: 0 });
    await trust(loose, 'trusted', { dailyQuota: 900_000 });
    const canary = pdq();
    await operator.post('/v1/signal-negatives', { kind: 'canary', entries: [{ type: 'pdq', value: canary }] });
    for (const person of [strict, loose]) await contribute(person, { type: 'pdq', value: canary, quality: 90 });
    expect(await trustOf(strict)).toMatchObject({ level: 'new', dailyQuota: 3, hourlyFlood: 0 });
    expect(await trustOf(loose)).toMatchObject({ level: 'new', ...TRUST_LIMITS.new });
    const sent = await strict.post<BatchAnswer>('/v1/signals/batch', {
      signals: Array.from({ length: 20 }, () => ({ type: 'sha256', value: hash() })),
    });
    expect(sent.body).toMatchObject({ contributed: 0, quarantined: 2 });
  });

  describe('disputes', () => {
    it('of one body are so many an hour and a day, whatever becomes of them', async () => {
      const [owner, spammer] = [await body(), await body('platform')];
      const { hourly, daily } = OPINION_LIMITS.new.disputes;
      const signals: SignalView[] = [];
      for (let i = 0; i <= daily; i++) signals.push(await stands(owner));
      const answers = [];
      for (const { id } of signals.slice(0, hourly + 1)) answers.push(await dispute(spammer, id));
      expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: hourly }, () => 200), 429]);
      expect(answers.at(-1)!.body.code).toBe('signal.quota-spent');
      await spammer.post(`/v1/signals/${signals[0]!.id}/opinion/retract`);
      expect((await dispute(spammer, signals[0]!.id)).status).toBe(429);
      // Confirming is another matter.
      expect((await spammer.post(`/v1/signals/${signals.at(-1)!.id}/opinion`, { opinion: 'confirm' })).status).toBe(
        200,
      );
      world.clock.advance(minutes(61));
      for (const { id } of signals.slice(hourly, daily)) expect((await dispute(spammer, id)).status).toBe(200);
      world.clock.advance(minutes(61));
      expect((await dispute(spammer, signals[0]!.id)).status).toBe(429);
      expect((await match(signals.at(-1)!.value!)).length).toBe(1);
      world.clock.advance(minutes(24 * 60));
      expect((await dispute(spammer, signals[0]!.id)).status).toBe(200);
    });

    it('of two requests at once cannot both be the last', async () => {
      const [owner, spammer] = [await body(), await body()];
      await trust(spammer, 'known', { dailyQuota: 1 });
      const signals = [await stands(owner), await stands(owner)];
      const answers = await Promise.all(signals.map(({ id }) => dispute(spammer, id)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
    });

    it('of one body are set aside in one call, and those that are not one’s to decide are named', async () => {
      const [owner, other, spammer] = [await body(), await body(), await body('platform')];
      const ids: string[] = [];
      const signals = [await stands(owner), await stands(owner), await stands(other)];
      for (const { id } of signals) ids.push(await disputed(spammer, id));
      const resolve = (person: Person, dto: object) =>
        person.post<ResolvedDisputes & Problem>('/v1/signal-disputes/resolve', { outcome: 'rejected', note: 'a flood', ...dto }); // prettier-ignore
      for (const wrong of [{}, { disputeIds: ids, openedBy: spammer.organisation.id }, { disputeIds: [] }])
        expect((await resolve(operator, wrong)).status).toBe(400);
      expect((await resolve(spammer, { openedBy: spammer.organisation.id })).body.code).toBe('dispute.own');
      expect((await resolve(owner, { disputeIds: ids.slice(1) })).body).toMatchObject({
        decided: 0,
        refused: expect.arrayContaining(
          ids.slice(1).map((disputeId) => ({ disputeId, code: 'dispute.not-yours-to-decide' })),
        ),
        more: false,
      });
      const rest = await resolve(operator, { openedBy: spammer.organisation.id });
      expect(rest.body).toMatchObject({ decided: 3, refused: [], more: false });
      for (const { value } of signals) expect(await match(value!)).toEqual(['block']);
      const { items } = (await operator.get<{ items: DisputeView[] }>('/v1/signal-disputes?state=open&limit=200')).body;
      expect(items.filter(({ organisationId }) => organisationId === spammer.organisation.id)).toEqual([]);
    });

    it('are upheld many at once as well, and the answer is the same when the call is repeated with its key', async () => {
      const [owner, watcher] = [await body(), await body()];
      const ids = [
        await disputed(watcher, (await stands(owner)).id),
        await disputed(watcher, (await stands(owner)).id),
      ];
      const call = () =>
        operator.post<ResolvedDisputes>(
          '/v1/signal-disputes/resolve',
          { disputeIds: ids, outcome: 'upheld', note: 'both are news' },
          { 'idempotency-key': 'uphold-both-of-them' },
        );
      const first = await call();
      expect(first.body).toMatchObject({ decided: 2, refused: [], more: false });
      expect((await call()).body).toEqual(first.body);
    });
  });

  it('rolls back what a body said as well, and holds what it contributes and silences it until its trust is set anew', async () => {
    const [poisoner, honest, second] = [await body('platform'), await body(), await body('platform')];
    const [confirmed, doubted, fedOn] = [await stands(honest, { reviewed: false }), await stands(honest), await stands(honest)]; // prettier-ignore
    await poisoner.post(`/v1/signals/${confirmed.id}/opinion`, { opinion: 'confirm' });
    await dispute(poisoner, doubted.id);
    for (const person of [poisoner, second])
      expect((await person.post(`/v1/signals/${fedOn.id}/feedback`, { verdict: 'false' })).status).toBe(200);
    const get = async ({ id }: SignalView) => (await honest.get<SignalView>(`/v1/signals/${id}`)).body;
    expect([(await get(confirmed)).state, (await get(doubted)).state, (await get(fedOn)).state]).toEqual(['active', 'disputed', 'disputed']); // prettier-ignore
    const path = `/v1/organisations/${poisoner.organisation.id}/roll-back-signals`;
    const done = await twoPeople<RollBackAnswer>(path, 'its account was taken over');
    expect(done).toMatchObject({ contributions: 0, opinions: 2, disputes: 2, feedback: 1 });
    expect(await get(confirmed)).toMatchObject({ state: 'provisional', opinions: { confirm: 0 } });
    expect(await get(doubted)).toMatchObject({ state: 'active', disputes: [], opinions: { dispute: 0 } });
    expect(await get(fedOn)).toMatchObject({ state: 'active', feedback: { false: 1 } });
    expect(await match(doubted.value!)).toEqual(['block']);
    expect(await trustOf(poisoner)).toMatchObject({ level: 'new', hourlyFlood: 0 });
    expect(stateOf((await contribute(poisoner)).body)).toEqual(['quarantined']);
    expect((await dispute(poisoner, doubted.id)).status).toBe(429);
    await trust(poisoner, 'new');
    await stands(poisoner);
    expect((await dispute(poisoner, doubted.id)).status).toBe(200);
  });

  describe('a video', () => {
    const negative = async (kind: string): Promise<string> => {
      const value = pdq();
      await operator.post('/v1/signal-negatives', {
        kind,
        entries: [{ type: 'pdq', value, note: 'a station’s card' }],
      });
      return value;
    };

    it('is refused where no frame says anything, or half of them are of harmless images', async () => {
      const person = await body();
      const card = await negative('harmless');
      for (const useless of [['f'.repeat(64)], [`8${'0'.repeat(63)}`, `${'0'.repeat(63)}1`]])
        expect((await contribute(person, video(useless))).body.code).toBe('signal.low-quality');
      expect((await contribute(person, video([card]))).body.code).toBe('signal.harmless');
      const half = await contribute(person, video([flip(card, 31), pdq()]));
      expect([half.status, half.body.code]).toEqual([422, 'signal.harmless']);
    });

    it('waits where some frames are of harmless images or of the corpus, because those alone would match it', async () => {
      const person = await body();
      const [card, holiday] = [await negative('harmless'), await negative('corpus')];
      for (const some of [card, holiday])
        expect(stateOf((await contribute(person, video([some, pdq(), pdq()]))).body)).toEqual(['quarantined']);
      expect(await reasons(person)).toEqual([{ corpus: 1 }, { corpus: 1 }]);
      await stands(person, video([pdq(), pdq(), 'f'.repeat(64)]));
    });

    it('with the frame of a canary costs its contributor the trust', async () => {
      const person = await body();
      await trust(person, 'trusted');
      const canary = await negative('canary');
      expect(stateOf((await contribute(person, video([pdq(), pdq(), flip(canary, 4)]))).body)).toEqual(['quarantined']);
      expect(await trustOf(person)).toMatchObject({ level: 'new' });
      const [batch] = await waiting(person.organisation);
      const { items } = (await operator.get<{ items: QuarantineItemView[] }>(`/v1/signal-quarantine/${batch!.id}`))
        .body;
      expect(items.map(({ reason }) => reason)).toContain('canary');
    });
  });

  describe('that a person looked', () => {
    const keyWith = async (permissions: string[]) => {
      const organisation = await world.organisation('platform', `body-${++serial}`);
      const admin = await world.person(organisation, ['admin']);
      const made = await admin.post<{ key: string }>('/v1/api-keys', {
        name: 'feed',
        permissions,
        expiresAt: new Date(world.clock.now().getTime() + 30 * 86_400_000).toISOString(),
      });
      expect(made.status).toBe(201);
      const headers = { authorization: `Bearer ${made.body.key}` };
      return <T>(path: string, sent: object) => world.send<T>('POST', path, sent, headers);
    };
    const one = () => ({ type: 'sha256', value: hash() });

    it('a key says only with the permission for that', async () => {
      const plain = await keyWith(['signal.contribute']);
      const vouching = await keyWith(['signal.contribute', 'signal.vouch']);
      for (const [path, sent] of [
        ['/v1/signals', { ...one(), labels: {}, reviewed: true }],
        ['/v1/signals/batch', { signals: [one()], reviewed: true }],
      ] as const) {
        const refused = await plain<Problem>(path, sent);
        expect([refused.status, refused.body.code]).toEqual([403, 'signal.vouch-needed']);
        expect((await vouching(path, sent)).status).toBeLessThan(300);
      }
      const state = async (send: typeof plain, more: object) =>
        (await send<SignalView>('/v1/signals', { ...one(), labels: {}, ...more })).body.state;
      expect([await state(plain, {}), await state(vouching, {}), await state(vouching, { reviewed: true })]).toEqual(['provisional', 'provisional', 'active']); // prettier-ignore
    });

    it('a batch says of itself or it is not so', async () => {
      const person = await body();
      for (const [more, action] of [
        [{}, 'review'],
        [{ reviewed: true }, 'block'],
      ] as const) {
        const signal = one();
        await person.post('/v1/signals/batch', { signals: [signal], ...more });
        expect(await match(signal.value)).toEqual([action]);
      }
    });

    it('counts for a PDQ only with its quality, also when it is reviewed again', async () => {
      const person = await body();
      const without = await stands(person, { type: 'pdq', value: pdq(), reviewed: true });
      expect(without).toMatchObject({ state: 'provisional', reviewed: false });
      const again = await person.post<Problem>(`/v1/signals/${without.id}/review`, {});
      expect([again.status, again.body.code]).toEqual([422, 'signal.low-quality']);
      expect(await stands(person, { type: 'pdq', value: pdq(), quality: 50 })).toMatchObject({ state: 'active' });
    });

    it.each([`8${'0'.repeat(63)}`, `${'f'.repeat(48)}${'0'.repeat(16)}`, '1'.repeat(63) + '0'])(
      'is not asked of %s, which is PDQ of no picture',
      async (value) => {
        const answer = await contribute(await body(), { type: 'pdq', value, quality: 100 });
        expect([answer.status, answer.body.code]).toEqual([422, 'signal.low-quality']);
      },
    );
  });

  it('lets SQL as the app role neither forget, nor release, nor silence, nor trust', async () => {
    const person = await body();
    await trust(person, 'new', { dailyQuota: 5 });
    const client = new Client(world.database.app);
    await client.connect();
    const pid = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;
    const scope = signScope(world.database.scopeKey, person.organisation.id, null, pid);
    for (const statement of [
      'select * from signal_memory',
      'delete from signal_memory',
      'update signal_memory set is_released = true',
      `select * from signal_silence('${moderator.organisation.id}', '-infinity', now(), 'x')`,
      `select signal_distrust('${moderator.organisation.id}', now())`,
    ]) {
      await client.query('begin');
      await client.query(`select set_config('app.scope', $1, true)`, [scope]);
      await expect(client.query(statement)).rejects.toThrow(/permission denied|for the operator|not the organisation/);
      await client.query('rollback');
    }
    await client.query('begin');
    await client.query(`select set_config('app.scope', $1, true)`, [scope]);
    await client.query(`select signal_distrust('${person.organisation.id}', now())`);
    await client.query('commit');
    await client.end();
    expect(await trustOf(person)).toMatchObject({ level: 'new', dailyQuota: 5 });
  });
});
