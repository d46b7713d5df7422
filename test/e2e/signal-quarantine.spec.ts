import type { QuarantineDecision, QuarantineView } from '../../src/signals/defence/review/defence.dto';
import type { BatchAnswer, SignalView } from '../../src/signals/store/contribution.dto';
import { randomHash } from '../support/hashes';
import { AppRole, DefenceStory, flip, sha, video, type Problem } from '../support/signals';

describe('what waits in quarantine', () => {
  const story = new DefenceStory();

  it('holds what is over the flood threshold, and lets two people of the operator release it', async () => {
    const flooder = await story.contributor({ hourlyFlood: 3 });
    const values = Array.from({ length: 5 }, (_, i) => sha(`flood ${i}`));
    expect((await story.send(flooder, values)).body).toMatchObject({ contributed: 3, quarantined: 2, refused: [] });
    expect(await Promise.all(values.map((value) => story.matches(value)))).toEqual([1, 1, 1, 0, 0]);
    const [batch] = await story.waiting(flooder.organisation);
    expect(batch).toMatchObject({ waiting: 2, reasons: { flood: 2 } });
    const release = `/v1/signal-quarantine/${batch!.id}/release`;
    const asked = await story.operator.post(release, { reason: 'a list of ours' });
    expect(asked.status).toBe(202);
    expect(await story.matches(values[4]!)).toBe(0);
    expect((await story.operator.post<Problem>(release, { reason: 'a list of ours' })).body.code).toBe(
      'approval.same-person',
    );
    const done = await story.operators[1].post<QuarantineDecision>(release, { reason: 'agreed' });
    expect([done.status, done.body]).toEqual([200, expect.objectContaining({ decided: 2, waiting: 0 })]);
    expect(await Promise.all(values.map((value) => story.matches(value)))).toEqual([1, 1, 1, 1, 1]);
    expect(await story.waiting(flooder.organisation)).toEqual([]);
  });

  it('shows what is held to its contributor and the story.operator, and to nobody else', async () => {
    const flooder = await story.contributor({ hourlyFlood: 0 });
    const made = await flooder.post<{ id: string; contributions: { state: string }[] }>('/v1/signals', {
      type: 'sha256',
      value: sha('seen by two'),
      labels: {},
    });
    expect(made.status).toBe(201);
    expect(made.body.contributions.map(({ state }) => state)).toEqual(['quarantined']);
    expect((await story.moderator.get(`/v1/signals/${made.body.id}`)).status).toBe(404);
    for (const path of ['signal-quarantine', 'signal-trust', 'signal-negatives'])
      expect((await flooder.get(`/v1/${path}`)).status).toBe(403);
  });

  it('rejects some of a batch and leaves the rest waiting; what is decided cannot be decided again', async () => {
    const flooder = await story.contributor({ hourlyFlood: 0 });
    const values = [sha('bad'), sha('good')];
    await story.send(flooder, values);
    const [batch] = await story.waiting(flooder.organisation);
    const bad = (await story.itemsOf(batch!.id)).find(({ value }) => value === values[0])!;
    const reject = `/v1/signal-quarantine/${batch!.id}/reject`;
    const body = { contributionIds: [bad.contributionId], reason: 'not what it says' };
    expect((await story.operator.post<QuarantineDecision>(reject, body)).body).toMatchObject({
      decided: 1,
      waiting: 1,
    });
    expect((await story.operator.post<Problem>(reject, body)).body.code).toBe('signal-quarantine.decided');
    await story.operator.post(`/v1/signal-quarantine/${batch!.id}/release`, { reason: 'the rest is fine' });
    await story.operators[1].post(`/v1/signal-quarantine/${batch!.id}/release`, { reason: 'the rest is fine' });
    expect(await Promise.all(values.map((value) => story.matches(value)))).toEqual([0, 1]);
    // A hash that was rejected can be sent again and is looked at again.
    expect((await story.send(flooder, [values[0]!])).body.quarantined).toBe(1);
  });

  it('lets nothing out that matches a negative by now, and decides one reason and not the others', async () => {
    const person = await story.body();
    await story.trust(person, 'new', { hourlyFlood: 0 });
    const [card, plain] = [randomHash(), randomHash()];
    const sent = [card, plain].map((value) => ({ type: 'pdq', value, quality: 90 }));
    const film = video([card, randomHash(), randomHash()]);
    expect((await person.post<BatchAnswer>('/v1/signals/batch', { signals: [...sent, film] })).body.quarantined).toBe(
      3,
    );
    await story.operator.post('/v1/signal-negatives', {
      kind: 'harmless',
      entries: [{ type: 'pdq', value: flip(card, 3), note: 'a card' }],
    });
    const [flood] = await story.waiting(person.organisation);
    const released = await story.twoPeople<QuarantineDecision>(
      `/v1/signal-quarantine/${flood!.id}/release`,
      'a list of ours',
    );
    expect(released).toMatchObject({ decided: 3, waiting: 0, elsewhere: 2 });
    const found = async (one: string) =>
      (await story.moderator.get<{ matches: unknown[] }>(`/v1/signals/match?type=pdq&value=${one}&radius=0`)).body
        .matches;
    expect([(await found(card)).length, (await found(plain)).length]).toEqual([0, 1]);
    const { items } = (await story.operator.get<{ items: QuarantineView[] }>('/v1/signal-quarantine')).body;
    const collision = items.find(({ reasons: why, waiting: count }) => why.collision === 2 && count === 2)!;
    await story.twoPeople(`/v1/signal-quarantine/${collision.id}/release`, 'it is another card');
    expect((await found(card)).length).toBe(1);
  });

  it('never shows what was rejected in it to those who read the list', async () => {
    const [person, reader] = [await story.body(), await story.body()];
    await story.trust(person, 'new', { hourlyFlood: 0 });
    const made = await story.contribute(person);
    const [batch] = await story.waiting(person.organisation);
    await story.operator.post(`/v1/signal-quarantine/${batch!.id}/reject`, { reason: 'not what it says' });
    expect((await reader.get(`/v1/signals/${made.body.id}`)).status).toBe(404);
    const { items } = (await reader.get<{ items: SignalView[] }>('/v1/signals?state=withdrawn&limit=200')).body;
    expect(items.map(({ id }) => id)).not.toContain(made.body.id);
    expect((await person.get(`/v1/signals/${made.body.id}`)).status).toBe(200);
  });

  it('lets SQL as the app role write neither trust, nor negatives, nor its way out of quarantine', async () => {
    const body = await story.contributor({ hourlyFlood: 0 });
    await story.send(body, [sha('held for SQL')]);
    const app = await AppRole.connect(story.world);
    const other = story.moderator.organisation.id;
    for (const statement of [
      `insert into signal_trust (organisation_id, level, changed_at) values ('${body.organisation.id}', 'trusted', now())`,
      `update signal_trust set level = 'trusted', daily_quota = null`,
      `select signal_distrust('${other}', now())`,
      `insert into signal_negative (id, kind, type, value, added_at, added_entry_id) values (gen_random_uuid(), 'harmless', 'sha256', '${sha('x')}', now(), gen_random_uuid())`,
      `update signal_usage set contributed = 0`,
      `delete from signal_usage`,
      `select * from signal_negative`,
      `update signal_negative set removed_at = now(), removed_entry_id = gen_random_uuid()`,
      `update signal_quarantine_item set outcome = 'released', decided_at = now()`,
      `select * from signal_quarantine_item`,
      `insert into signal_quarantine (id, organisation_id, made_at) values (gen_random_uuid(), '${other}', now())`,
      `update signal_contribution set state = 'standing'`,
      `select * from signal_hold_contributions(array(select id from signal_contribution where state = 'quarantined'), false, now())`,
    ]) {
      const outcome = await app.try(body, statement);
      expect([statement, outcome === 0 || outcome === '42501']).toEqual([statement, true]);
    }
    await app.close();
  });
});
