import type { SignedFormView } from '../../src/notices/orders/orders.dto';
import type { AdvanceInformationView } from '../../src/notices/orders/orders.dto';
import type { NoticeView } from '../../src/notices/notice.view';
import { verifyForm } from '../../src/notices/forms/authority-keys.service';
import { readForm } from '../../src/notices/forms/read-form';
import { validForm } from '../../src/notices/forms/validate-form';
import { Ticker } from '../../src/notices/ticker';
import { minutes, type World } from '../support/app';
import {
  EMERGENCY,
  assess,
  draftOrder,
  hostOf,
  order,
  orderCast,
  sendOrder,
  sign,
  type OrderCast,
} from '../support/orders';
import { kinds } from '../support/redress';
import { freshUrl, openCase, removed, startQuietWorld } from '../support/referral';

const HOURS = 60 * 60_000;
let world: World;
let cast: OrderCast;

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
});
afterAll(() => world.close());

describe('twelve hours before the first order (acceptance 2)', () => {
  it('are those of authority and provider, end to the millisecond, and are not asked twice', async () => {
    const pair = await orderCast(world);
    const { id } = await draftOrder(pair, {});
    const askFor = (notice = id): ReturnType<typeof pair.analyst.post> =>
      pair.analyst.post(`/v1/notices/${notice}/sign`, { reason: 'Ready to go' });
    const missing = { code: 'order.advance-information-missing' };
    expect(await askFor()).toMatchObject({ status: 409, body: { ...missing, readyAt: null } });
    const text = 'Orders reach your contact point and are carried out within one hour of receipt.';
    const informed = await pair.analyst.post<AdvanceInformationView>('/v1/orders/advance-information', {
      platformId: pair.platform.id,
      text,
    });
    const readyAt = new Date(world.clock.now().getTime() + 12 * HOURS).toISOString();
    expect(informed).toMatchObject({ status: 201, body: { readyAt } });
    const read = await pair.platformAdmin.get<AdvanceInformationView[]>('/v1/orders/advance-information');
    expect(read.status).toBe(403);
    expect((await pair.moderator.get<AdvanceInformationView[]>('/v1/orders/advance-information')).body).toMatchObject([
      { text, readyAt },
    ]);
    world.clock.advance(12 * HOURS - 1);
    expect(await askFor()).toMatchObject({ status: 409, body: { ...missing, readyAt } });
    world.clock.advance(1);
    await sign(pair, id);
    const send = (notice = id): ReturnType<typeof pair.analyst.post> => pair.analyst.post(`/v1/notices/${notice}/send`);
    expect(await send()).toMatchObject({ status: 200, body: { state: 'sent' } });
    const { body } = await pair.moderator.get<SignedFormView>(`/v1/notices/${id}/form`);
    expect(body.form).toMatchObject({ content: { a: { issuedAt: readyAt } } });
    const second = await draftOrder(pair, {});
    await sign(pair, second.id);
    expect((await send(second.id)).status).toBe(200);
    const other = await orderCast(world);
    const third = await draftOrder({ ...pair, platform: other.platform }, {});
    expect(await askFor(third.id)).toMatchObject({ status: 409, body: missing });
  });

  it('are waived for an emergency alone, which is justified in the order', async () => {
    const pair = await orderCast(world);
    const { id: caseId } = await openCase(pair.analyst, [freshUrl(hostOf(pair))]);
    const { id } = await assess(pair.analyst, caseId);
    const unjustified = await pair.analyst.post('/v1/orders', order(caseId, id, { isEmergency: true }));
    expect(unjustified).toMatchObject({ status: 400, body: { code: 'order.emergency-reasons' } });
    const sent = await sendOrder(pair);
    expect(sent).toMatchObject({ state: 'sent', order: { isEmergency: true, language: 'en' } });
    const { body } = await pair.moderator.get<SignedFormView>(`/v1/notices/${sent.id}/form`);
    expect(JSON.stringify(body.form)).toContain(EMERGENCY.emergencyReasons);
  });
});

describe('a signature', () => {
  it('takes two people, is made once, and what is unsigned does not leave', async () => {
    const { id } = await draftOrder(cast, EMERGENCY);
    expect(await cast.analyst.post(`/v1/notices/${id}/send`)).toMatchObject({
      status: 409,
      body: { code: 'order.unsigned' },
    });
    await cast.analyst.post(`/v1/notices/${id}/sign`, { reason: 'Ready to go' });
    expect(await cast.analyst.post(`/v1/notices/${id}/sign`)).toMatchObject({
      status: 409,
      body: { code: 'approval.same-person' },
    });
    expect((await cast.homeOfficer.post(`/v1/notices/${id}/sign`, { reason: 'Not mine' })).status).toBe(403);
    expect(await cast.supervisor.post(`/v1/notices/${id}/sign`)).toMatchObject({
      status: 200,
      body: { order: { kid: expect.any(String) } },
    });
    expect(await cast.analyst.post(`/v1/notices/${id}/sign`, { reason: 'Again' })).toMatchObject({
      status: 409,
      body: { code: 'order.signed' },
    });
    expect(await kinds(world, id)).toContain('order.signed');
  });

  it('is over Annex I, which the platform reads as JSON and as a document, and anybody verifies', async () => {
    const sent = await sendOrder(cast);
    const { body: signed } = await cast.moderator.get<SignedFormView>(`/v1/notices/${sent.id}/form`);
    const form = validForm(signed.form);
    expect(form).toMatchObject({
      form: 'annex-i',
      content: {
        a: {
          issuingMemberState: 'FR',
          homeMemberState: 'IE',
          reference: sent.reference,
          addressee: cast.platform.name,
        },
        b: { targets: [{ url: sent.items[0]?.address }], types: ['a'] },
        d: { crossBorder: true, copySent: true },
      },
    });
    const keys = await fetchKeys(cast.unit.id);
    expect(verifyForm(form, signed.jws, keys)).toEqual({ ok: true, kid: signed.kid });
    const pdf = await world.app.inject({
      method: 'GET',
      url: `/v1/notices/${sent.id}/form.pdf?language=fr`,
      headers: { authorization: `Bearer ${cast.moderator.token}` },
    });
    expect(pdf.headers).toMatchObject({ 'content-type': 'application/pdf' });
    expect(await readForm(pdf.rawPayload)).toEqual(form);
  });

  const fetchKeys = async (id: string): Promise<Parameters<typeof verifyForm>[2]> =>
    (await cast.moderator.get<never>(`/v1/authorities/${id}/keys`)).body;
});

describe('an order that was sent', () => {
  it('reaches the home authority at the same moment, which reads it and can change nothing about it', async () => {
    const sent = await sendOrder(cast);
    const read = await cast.homeOfficer.get<NoticeView>(`/v1/notices/${sent.id}`);
    expect(read).toMatchObject({
      status: 200,
      body: { order: { isCrossBorder: true }, homeAuthorityId: cast.home.id, caseId: null },
    });
    const listed = await cast.homeOfficer.get<{ items: NoticeView[] }>('/v1/notices');
    expect(listed.body.items.map(({ id }) => id)).toContain(sent.id);
    const withdrawn = await cast.homeOfficer.post(`/v1/notices/${sent.id}/withdraw`, { reason: 'Not mine' });
    expect(withdrawn.status).toBe(404);
    expect(read.body.possible).toEqual([]);
  });

  it('has the hour of the law, whose passing is a fact, and whose neglect only a person of the authority records', async () => {
    const sent = await sendOrder(cast);
    const { body } = await cast.moderator.post<NoticeView>(`/v1/notices/${sent.id}/acknowledge`);
    expect(body.clock).toMatchObject({ kind: 'statutory', state: 'running' });
    const record = (who = cast.supervisor): ReturnType<typeof who.post> =>
      who.post(`/v1/notices/${sent.id}/non-compliance`, { reasons: 'No measure within the hour' });
    expect(await record()).toMatchObject({ status: 409, body: { code: 'notice.not-overdue' } });
    world.clock.advance(minutes(60));
    await world.app.get(Ticker).tick(world.clock.now());
    expect(await record(cast.analyst)).toMatchObject({ status: 403 });
    expect(await record()).toMatchObject({ status: 200, body: { nonComplianceAt: world.clock.now().toISOString() } });
    expect(await record()).toMatchObject({ status: 409, body: { code: 'notice.non-compliance-recorded' } });
    expect(await kinds(world, sent.id)).toEqual(
      expect.arrayContaining(['clock.deadline-passed', 'notice.non-compliance']),
    );
  });

  it('can have its neglect recorded by the authority of the home State, too, which penalises', async () => {
    const sent = await sendOrder(cast);
    await cast.moderator.post(`/v1/notices/${sent.id}/acknowledge`);
    const record = (): ReturnType<typeof cast.homeOfficer.post> =>
      cast.homeOfficer.post(`/v1/notices/${sent.id}/non-compliance`, { reasons: 'No measure within the hour' });
    expect(await record()).toMatchObject({ status: 409, body: { code: 'notice.not-overdue' } });
    world.clock.advance(minutes(60));
    await world.app.get(Ticker).tick(world.clock.now());
    expect(await record()).toMatchObject({ status: 200, body: { nonComplianceAt: world.clock.now().toISOString() } });
  });

  it('is not declined, and what it took down is not destroyed while it has to stay possible to put back', async () => {
    const sent = await sendOrder(cast);
    const itemId = sent.items[0]!.itemId;
    const declined = await cast.moderator.post(`/v1/notices/${sent.id}/answer`, {
      answers: [{ itemId, outcome: 'declined', reason: 'other' }],
    });
    expect(declined).toMatchObject({ status: 400, body: { code: 'notice.outcome-not-applicable' } });
    const narrow = { ...removed(itemId, world.clock.now()), territory: 'partial' };
    expect(await cast.moderator.post(`/v1/notices/${sent.id}/answer`, { answers: [narrow] })).toMatchObject({
      body: { code: 'notice.territory-too-narrow' },
    });
    const answers = [{ ...removed(itemId, world.clock.now()), territory: 'union', preservation: 'complete' }];
    expect((await cast.moderator.post(`/v1/notices/${sent.id}/answer`, { answers })).status).toBe(200);
    const destroyed = await cast.moderator.post(`/v1/notices/${sent.id}/items/${itemId}/delete-for-good`);
    expect(destroyed).toMatchObject({ status: 409, body: { code: 'deletion.cross-border' } });
  });

  it('keeps another body from ordering the same, and tells it only that and whom to call', async () => {
    const sent = await sendOrder(cast);
    const url = sent.items[0]!.address;
    const other = await orderCast(world);
    const { id: caseId } = await openCase(other.analyst, [url]);
    const { id } = await assess(other.analyst, caseId);
    const refused = await other.analyst.post('/v1/orders', order(caseId, id, EMERGENCY));
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'order.duplicate', standing: [{ holder: { authority: cast.unit.name } }] },
    });
    expect(JSON.stringify(refused.body)).not.toContain(sent.id);
    await cast.analyst.post(`/v1/notices/${sent.id}/withdraw`, { reason: 'Leave it to them' });
    expect((await other.analyst.post('/v1/orders', order(caseId, id, EMERGENCY))).status).toBe(201);
  });

  it('carries on a referral that was declined, in the same case, with its items', async () => {
    const { id: caseId } = await openCase(cast.analyst, [freshUrl(hostOf(cast))]);
    const draft = await cast.analyst.post<NoticeView>('/v1/notices', { caseId, kind: 'referral' });
    await cast.analyst.post(`/v1/notices/${draft.body.id}/send`);
    const { id: assessmentId } = await assess(cast.analyst, caseId);
    const escalate = (): ReturnType<typeof cast.analyst.post<NoticeView>> =>
      cast.analyst.post<NoticeView>(
        '/v1/orders',
        order(caseId, assessmentId, { ...EMERGENCY, escalatedFrom: draft.body.id }),
      );
    const itemId = draft.body.items[0]!.itemId;
    await cast.moderator.post(`/v1/notices/${draft.body.id}/answer`, {
      answers: [{ itemId, outcome: 'declined', reason: 'within_terms' }],
    });
    const escalated = await escalate();
    expect(escalated).toMatchObject({
      status: 201,
      body: { kind: 'removal_order', caseId, escalatedFrom: draft.body.id, items: [{ itemId }] },
    });
    await cast.moderator.post(`/v1/notices/${draft.body.id}/answer`, { answers: [removed(itemId, world.clock.now())] });
    expect(await escalate()).toMatchObject({ status: 409, body: { code: 'order.not-escalatable' } });
  });
});
