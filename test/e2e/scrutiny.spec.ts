import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { signScope } from '../../src/infra/database/scope';
import type { NoticeView } from '../../src/notices/notice.view';
import { PeriodEnds } from '../../src/notices/redress/period-ends.service';
import type { ScrutinyView } from '../../src/notices/scrutiny/scrutiny.dto';
import { notice, startQuietWorld } from '../support/referral';
import { assess, hostOf, order, orderCast, sendOrder, EMERGENCY, type OrderCast } from '../support/orders';
import { HOURS, REASONS, ask, begin, carriedOut, decide, done, intend, itemOf, kinds, said } from '../support/redress';
import { openCase } from '../support/referral';
import type { Answer, Person, World } from '../support/app';

let world: World;
let cast: OrderCast;
let home: readonly [Person, Person];

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
  home = [cast.homeOfficer, await world.person(cast.home, ['supervisor'])];
});
afterAll(() => world.close());

const endDue = (): Promise<number> => world.app.get(PeriodEnds).endDue(world.clock.now());
const ended = async (id: string, kind: string): Promise<Date[]> =>
  (await said(world, id)).filter((entry) => entry.kind === kind).map(({ at }) => at);
const answerTo = (who: Person, id: string): Promise<Answer<ScrutinyView>> =>
  who.post<ScrutinyView>(`/v1/scrutinies/${id}/answer`, { answer: 'The article is a call, as the assessment says.' });

describe('scrutiny of its own accord (Art. 4(3))', () => {
  it('is begun within 72 hours of the copy, to the millisecond, and decided in them or not at all', async () => {
    const late = await sendOrder(cast);
    const sent = await sendOrder(cast);
    const endsAt = new Date(Date.parse(sent.sentAt!) + 72 * HOURS);
    world.clock.advance(72 * HOURS - 1);
    const own = await done(begin(cast.homeOfficer, sent.id), 201);
    expect(own).toMatchObject({
      origin: 'own_initiative',
      state: 'open',
      dueAt: endsAt.toISOString(),
      isOverdue: false,
    });
    expect(await begin(cast.homeOfficer, sent.id)).toMatchObject({ status: 409, body: { code: 'scrutiny.exists' } });
    world.clock.advance(1);
    const over = { status: 409, body: { code: 'scrutiny.period-over', endedAt: endsAt.toISOString() } };
    expect(await begin(cast.homeOfficer, late.id)).toMatchObject(over);
    expect(await decide(home, own.id, 'no_infringement')).toMatchObject(over);
    await endDue();
    await endDue();
    expect(await ended(late.id, 'scrutiny.period-ended')).toEqual([endsAt]);
  });

  it('is the home authority’s alone', async () => {
    const sent = await sendOrder(cast);
    expect((await begin(cast.supervisor, sent.id)).status).toBe(403);
    expect((await begin(cast.moderator, sent.id)).status).toBe(403);
    const other = await world.organisation('authority', 'elsewhere', { competences: ['scrutinise'], country: 'ES' });
    expect((await begin(await world.person(other, ['supervisor']), sent.id)).status).toBe(404);
  });
});

describe('scrutiny on request of the provider (Art. 4(4))', () => {
  it('is asked for within 48 hours of receipt; late it is refused with the instant at which that ended', async () => {
    const { id, receivedAt } = await carriedOut(world, cast);
    const endsAt = new Date(Date.parse(receivedAt!) + 48 * HOURS);
    world.clock.advance(48 * HOURS);
    expect(await ask(cast.moderator, id)).toMatchObject({
      status: 409,
      body: { code: 'scrutiny.period-over', endedAt: endsAt.toISOString() },
    });
    await endDue();
    expect(await ended(id, 'scrutiny.period-ended')).toEqual([endsAt]);
  });

  it('is decided within 72 hours either way; that it was not is a fact, and the decision stays due', async () => {
    const { id } = await carriedOut(world, cast);
    world.clock.advance(48 * HOURS - 1);
    const asked = await done(ask(cast.moderator, id), 201);
    const dueAt = new Date(world.clock.now().getTime() + 72 * HOURS);
    expect(asked).toMatchObject({ origin: 'provider', dueAt: dueAt.toISOString() });
    world.clock.advance(72 * HOURS - 1);
    await endDue();
    expect(await ended(id, 'scrutiny.overdue')).toEqual([]);
    world.clock.advance(5 * HOURS);
    await endDue();
    await endDue();
    expect(await ended(id, 'scrutiny.overdue')).toEqual([dueAt]);
    const cleared = await done(decide(home, asked.id, 'no_infringement'));
    expect(cleared).toMatchObject({ state: 'decided', outcome: 'no_infringement', isOverdue: true });
    expect((await notice(cast.analyst, id)).state).toBe('answered');
    // Once decided it stays so.
    expect(
      (await cast.homeOfficer.post(`/v1/scrutinies/${asked.id}/intend`, { reasons: REASONS, answerBy: dueAt })).status,
    ).toBe(409);
  });

  it('made in time leaves no end of its period behind', async () => {
    const { id } = await carriedOut(world, cast);
    const { id: scrutiny } = await done(ask(cast.moderator, id), 201);
    await done(decide(home, scrutiny, 'no_infringement'));
    world.clock.advance(71 * HOURS);
    await endDue();
    expect(await kinds(world, id)).not.toContain('scrutiny.period-ended');
    expect(await kinds(world, id)).not.toContain('scrutiny.overdue');
  });
});

describe('an infringement (acceptance 4)', () => {
  it('is decided after the issuer was told and had time to answer, by two people of the home authority', async () => {
    const { id } = await carriedOut(world, cast);
    const { id: scrutiny } = await done(ask(cast.moderator, id), 201);
    expect(await decide(home, scrutiny, 'infringement')).toMatchObject({ body: { code: 'scrutiny.intention-first' } });
    await world.sql.query(`delete from approval`);
    const intended = await done(intend(world, cast.homeOfficer, scrutiny));
    expect(intended).toMatchObject({ state: 'intended', intention: REASONS });
    expect(await decide(home, scrutiny, 'infringement')).toMatchObject({
      status: 409,
      body: { code: 'scrutiny.intention-first', answerBy: intended.answerBy },
    });
    await world.sql.query(`delete from approval`);
    const read = async (who: Person): Promise<ScrutinyView> =>
      done(who.get<ScrutinyView>(`/v1/scrutinies/${scrutiny}`));
    expect(await read(cast.analyst)).toMatchObject({ intention: REASONS });
    expect(await read(cast.moderator)).toMatchObject({ intention: null, intendedAt: intended.intendedAt });
    expect((await answerTo(cast.moderator, scrutiny)).status).toBe(403);
    expect(await done(answerTo(cast.analyst, scrutiny))).toMatchObject({ state: 'answered' });
    const uncopied = { outcome: 'infringement', reasons: REASONS, reason: 'Agreed' };
    expect((await home[0].post(`/v1/scrutinies/${scrutiny}/decide`, uncopied)).status).toBe(400);
    const alone = await home[0].post(`/v1/scrutinies/${scrutiny}/decide`, {
      outcome: 'infringement', reasons: REASONS, europolCopy: { channel: 'other', note: 'SIENA 1' }, reason: 'Agreed',
    }); // prettier-ignore
    expect(alone.status).toBe(202);
    expect((await notice(cast.analyst, id)).state).toBe('answered');
  });

  it('voids the order: clock, obstacle, tokens, reinstatement, hashes and every copy, in one transaction', async () => {
    const { id: caseId, items } = await openCase(cast.analyst, [
      `https://${hostOf(cast)}/void/1`,
      `https://${hostOf(cast)}/void/2`,
    ]);
    const { id: assessmentId } = await assess(cast.analyst, caseId);
    const drafted = await done(
      cast.analyst.post<NoticeView>('/v1/orders', order(caseId, assessmentId, EMERGENCY)),
      201,
    );
    await cast.analyst.post(`/v1/notices/${drafted.id}/sign`, { reason: 'Ready to go' });
    await done(cast.supervisor.post(`/v1/notices/${drafted.id}/sign`));
    const sent = await done(cast.analyst.post<NoticeView>(`/v1/notices/${drafted.id}/send`));
    const itemId = itemOf(sent);
    const measure = {
      itemId,
      outcome: 'removed',
      measureAt: world.clock.now().toISOString(),
      preservation: 'complete',
    };
    await done(cast.moderator.post(`/v1/notices/${sent.id}/answer`, { answers: [measure] }));
    const signal = await contributedBecauseOf(sent.id);
    await done(cast.moderator.post(`/v1/notices/${sent.id}/ask-clarification`, {
      ground: 'manifest_errors', explanation: 'The second address is of another service', needed: 'The right address',
    })); // prettier-ignore
    const own = await done(begin(cast.homeOfficer, sent.id), 201);
    const asked = await done(ask(cast.moderator, sent.id), 201);
    await done(intend(world, cast.homeOfficer, own.id));
    await done(answerTo(cast.analyst, own.id));
    const decided = await done(decide(home, own.id, 'infringement'));
    expect(decided.copies).toMatchObject([
      { addressee: 'europol', channel: 'other', note: 'SIENA, message 2026-17' },
      { addressee: 'issuer', channel: 'in-platform' },
      { addressee: 'platform', channel: 'in-platform' },
    ]);
    const at = world.clock.now().toISOString();
    for (const who of [cast.analyst, cast.moderator, cast.homeOfficer]) {
      expect(await notice(who, sent.id)).toMatchObject({
        state: 'annulled',
        annulledAt: at,
        annulmentGround: 'scrutiny',
        clock: { state: 'stopped' },
        obstacles: [{ endedAt: at }],
      });
    }
    const [first, second] = (await notice(cast.moderator, sent.id)).items;
    expect(first?.reinstatement).toMatchObject({ ground: 'scrutiny', askedAt: at, outcome: null });
    expect(second?.reinstatement).toBeNull();
    const rows = await world.sql.query(`select end_ground, state from signal_contribution where signal_id = $1`, [
      signal,
    ]);
    expect(rows.rows).toEqual([{ end_ground: 'order_annulled', state: 'retracted' }]);
    // Whoever else had asked has the same decision.
    expect(await done(cast.moderator.get(`/v1/scrutinies/${asked.id}`))).toMatchObject({ outcome: 'infringement' });
    // Another body may order the same from now on.
    const other = await orderCast(world);
    const again = await openCase(other.analyst, [items[0]!.address]);
    const basis = await assess(other.analyst, again.id);
    expect((await other.analyst.post('/v1/orders', order(again.id, basis.id, EMERGENCY))).status).toBe(201);
    const put = { outcome: 'kept_under_terms', reason: 'Our terms, section 4' };
    const kept = await done(
      cast.moderator.post<NoticeView>(`/v1/notices/${sent.id}/items/${itemId}/reinstatement`, put),
    );
    expect(kept.items[0]?.reinstatement).toMatchObject({ outcome: 'kept_under_terms' });
    expect(await kinds(world, sent.id)).toEqual(expect.arrayContaining([
      'scrutiny.opened', 'scrutiny.intended', 'scrutiny.answered', 'scrutiny.decided', 'scrutiny.copied', 'clock.stopped',
      'notice.annulled', 'reinstatement.asked', 'reinstatement.answered',
    ])); // prettier-ignore
  });

  it('is not to be had by writing to the tables: without the decision the home authority changes nothing of an order', async () => {
    const { id } = await carriedOut(world, cast);
    const { id: asked } = await done(ask(cast.moderator, id), 201);
    const annul = `update notice set state = 'annulled', annulled_at = now(), annulment_ground = 'scrutiny' where id = '${id}'`;
    expect(await writtenAs(cast.home.id, annul)).toBe(0);
    expect(
      await writtenAs(cast.home.id, `update clock set state = 'stopped', stopped_at = now() where notice_id = '${id}'`),
    ).toBe(0);
    const decided = `update scrutiny set state = 'decided', outcome = 'infringement', decision_reasons = 'x', decided_at = now() where id = '${asked}'`;
    // Neither side decides, and the authority not before the issuer was told.
    expect(await writtenAs(cast.platform.id, decided)).toBe(0);
    expect(await writtenAs(cast.unit.id, decided)).toBe(0);
    expect(await writtenAs(cast.home.id, decided)).toBe('23514');
  });
});

/** Rows that a statement changes as the app role with this organisation's scope, or the code of its refusal. Undone at once. */
async function writtenAs(organisationId: string, statement: string): Promise<number | string> {
  const app = new Client(world.database.app);
  await app.connect();
  try {
    await app.query('begin');
    const { rows } = await app.query<{ pid: number }>('select pg_backend_pid() as pid');
    const scope = signScope(world.database.scopeKey, organisationId, null, rows[0]!.pid);
    await app.query(`select set_config('app.scope', $1, true)`, [scope]);
    const { rowCount } = await app.query(statement);
    await app.query('rollback');
    return rowCount ?? 0;
  } catch (error) {
    return String((error as { code?: string }).code);
  } finally {
    await app.end();
  }
}

/** A hash that the issuer contributed because of an order. */
async function contributedBecauseOf(noticeId: string): Promise<string> {
  const made = await done(
    cast.analyst.post<{ id: string }>('/v1/signals', {
      type: 'sha256',
      value: randomBytes(32).toString('hex'),
      labels: {},
    }),
    201,
  );
  await world.sql.query(`update signal_contribution set notice_id = $2 where signal_id = $1`, [made.id, noticeId]);
  return made.id;
}
