import type { HeldBackView } from '../../src/signals/defence/review/held-back.dto';
import type { BatchAnswer, SignalView } from '../../src/signals/store/contribution.dto';
import type { SignalListView } from '../../src/signals/store/list.dto';
import { AppRole, DefenceStory, dispute, opine, sha, stateOf, type Problem } from '../support/signals';

describe('what people decided about a hash', () => {
  const story = new DefenceStory();

  it('to uphold a dispute keeps the hash off that list whoever contributes it, until the operator releases it', async () => {
    const [first, second, watcher] = [await story.body(), await story.body(), await story.body()];
    const signal = await story.stands(first);
    await story.uphold(story.operator, await dispute(watcher, signal.id));
    expect(await story.match(signal.value!)).toEqual([]);
    for (const person of [first, second]) {
      const again = await story.contribute(person, { value: signal.value });
      expect([again.status, stateOf(again.body)]).toEqual([201, ['quarantined']]);
      expect(await story.reasons(person)).toEqual([{ dispute_upheld: 1 }]);
    }
    expect(await story.match(signal.value!)).toEqual([]);
    const [batch] = await story.waiting(second.organisation);
    await story.twoPeople(`/v1/signal-quarantine/${batch!.id}/release`, 'it was the full recording after all');
    expect((await story.match(signal.value!)).length).toBe(1);
    // The other one waits still: it is released by itself. What comes now needs nobody.
    expect(await story.reasons(first)).toEqual([{ dispute_upheld: 1 }]);
    expect(stateOf(await story.stands(await story.body(), { value: signal.value }))).toContain('standing');
  });

  it('of a list’s owner is the owner’s to take back, and of that list alone', async () => {
    const [owner, member, watcher] = [await story.body(), await story.body(), await story.body()];
    const list = (await owner.post<SignalListView>('/v1/signal-lists', { slug: 'close-group', name: 'Close group', purpose: 'Of these three', sharing: 'group', tlp: 'amber' })).body; // prettier-ignore
    for (const { organisation } of [member, watcher])
      await owner.post(`/v1/signal-lists/${list.id}/members`, { organisationId: organisation.id, mayContribute: true }); // prettier-ignore
    const signal = await story.stands(member, { listId: list.id });
    await story.uphold(owner, await dispute(watcher, signal.id));
    expect(stateOf((await story.contribute(member, { value: signal.value, listId: list.id })).body)).toEqual([
      'quarantined',
    ]);
    expect(stateOf((await story.contribute(member, { value: signal.value })).body).toSorted()).toEqual([
      'quarantined',
      'standing',
    ]);
    const held = `/v1/signal-lists/${list.id}/held`;
    expect((await member.get<Problem>(held)).body.code).toBe('signal-list.not-owner');
    expect((await (await story.body()).get(held)).status).toBe(404);
    const { items } = (await owner.get<{ items: HeldBackView[] }>(held)).body;
    expect(items).toMatchObject([{ signalId: signal.id, value: signal.value, organisationId: member.organisation.id }]);
    const release = { contributionIds: items.map(({ contributionId }) => contributionId), reason: 'it is whole now' };
    expect((await member.post<Problem>(`${held}/release`, release)).body.code).toBe('signal-list.not-owner');
    expect((await owner.post(`${held}/release`, release)).body).toMatchObject({ released: 1 });
    expect((await owner.post<Problem>(`${held}/release`, release)).body.code).toBe('signal-quarantine.decided');
    const now = (await member.get<SignalView>(`/v1/signals/${signal.id}`)).body;
    expect(stateOf(now)).toEqual(['standing', 'standing']);
    // What the operator decided is not the owner's to take back.
    await story.uphold(story.operator, await dispute(await story.body(), signal.id));
    const later = await story.stands(member, { listId: list.id });
    await story.uphold(story.operator, await dispute(watcher, later.id));
    await story.contribute(member, { value: later.value, listId: list.id });
    expect((await owner.get<{ items: unknown[] }>(held)).body.items).toEqual([]);
  });

  it('to reject what waited, or to roll a body back, holds the same hash of the same body, and of no other', async () => {
    const [flooder, other] = [await story.body(), await story.body()];
    await story.trust(flooder, 'new', { hourlyFlood: 0 });
    const [rejected, rolledBack] = [sha('rejected'), sha('rolled back')];
    await story.contribute(flooder, { value: rejected });
    const [batch] = await story.waiting(flooder.organisation);
    await story.operator.post(`/v1/signal-quarantine/${batch!.id}/reject`, { reason: 'a malicious flood' });
    await story.trust(flooder, 'known');
    await story.stands(flooder, { value: rolledBack });
    await story.twoPeople(
      `/v1/organisations/${flooder.organisation.id}/roll-back-signals`,
      'its account was taken over',
    );
    await story.trust(flooder, 'trusted');
    const again = await flooder.post<BatchAnswer>('/v1/signals/batch', {
      reviewed: true,
      signals: [rejected, rolledBack, sha('harmless to all')].map((value) => ({ type: 'sha256', value })),
    });
    expect(again.body).toMatchObject({ contributed: 1, quarantined: 2 });
    expect(await story.reasons(flooder)).toEqual([{ rejected: 1, rolled_back: 1 }]);
    await story.stands(other, { value: rejected });
  });

  it('outlives the erasure of the hash', async () => {
    const [owner, watcher] = [await story.body(), await story.body()];
    const signal = await story.stands(owner);
    await story.uphold(story.operator, await dispute(watcher, signal.id));
    await story.operator.post(`/v1/signals/${signal.id}/erase`, { reason: 'unlawful to keep' });
    await story.operators[1].post(`/v1/signals/${signal.id}/erase`, { reason: 'unlawful to keep' });
    expect(stateOf((await story.contribute(owner, { value: signal.value })).body)).toEqual(['quarantined']);
  });

  it('opens a dispute again when a hash comes back about which the same body’s opinion stands', async () => {
    const [first, watcher] = [await story.body(), await story.body()];
    const signal = await story.stands(first);
    await opine(watcher, signal.id, { opinion: 'dispute', reason: 'journalistic' });
    await first.post(`/v1/signals/${signal.id}/withdraw`, { reason: 'to have it undisputed' });
    const again = await story.stands(first, { value: signal.value });
    expect(again).toMatchObject({ state: 'disputed', opinions: { dispute: 1 } });
    expect(again.disputes).toMatchObject([{ organisationId: watcher.organisation.id, reason: 'journalistic' }]);
    expect(await story.match(signal.value!)).toEqual(['review']);
    // One that was rejected stays so, however often the hash comes.
    await story.operator.post(`/v1/signal-disputes/${again.disputes[0]!.id}/resolve`, {
      outcome: 'rejected',
      note: 'looked',
    });
    await first.post(`/v1/signals/${signal.id}/withdraw`, { reason: 'once more' });
    expect(await story.stands(first, { value: signal.value })).toMatchObject({ state: 'active', disputes: [] });
  });

  it('lets SQL as the app role neither forget, nor release, nor silence, nor trust', async () => {
    const person = await story.body();
    await story.trust(person, 'new', { dailyQuota: 5 });
    const app = await AppRole.connect(story.world);
    for (const statement of [
      'select * from signal_memory',
      'delete from signal_memory',
      'update signal_memory set is_released = true',
      `select * from signal_silence('${story.moderator.organisation.id}', '-infinity', now(), 'x')`,
      `select signal_distrust('${story.moderator.organisation.id}', now())`,
    ]) {
      expect([statement, await app.try(person, statement)]).toEqual([statement, '42501']);
    }
    expect(await app.try(person, 'select signal_distrust($1, now())', [person.organisation.id], 'commit')).toBe(1);
    await app.close();
    expect(await story.trustOf(person)).toMatchObject({ level: 'new', dailyQuota: 5 });
  });
});
