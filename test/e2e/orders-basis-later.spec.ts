import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ticker } from '../../src/notices/ticker';
import { minutes, type World } from '../support/app';
import * as images from '../support/images';
import {
  assess,
  draftOrder,
  EMERGENCY,
  EXCLUSIONS,
  hostOf,
  order,
  orderCast,
  sendOrder,
  sign,
} from '../support/orders';
import { begin, carriedOut, decide, done, DAYS, HOURS, intend, itemOf, said } from '../support/redress';
import { freshUrl, openCase, startQuietWorld } from '../support/referral';

let world: World;
beforeAll(async () => {
  world = await startQuietWorld();
});
afterAll(() => world.close());

const pass = (ms: number): void => world.clock.set(new Date(world.clock.now().getTime() + ms));

describe('an order is as good as what it rests on', () => {
  it('is not drafted, nor sent, on an assessment that a later one contradicts', async () => {
    const cast = await orderCast(world);
    const { id: caseId } = await openCase(cast.analyst, [freshUrl(hostOf(cast))]);
    const { id: first } = await assess(cast.analyst, caseId);
    const { body: draft } = await cast.analyst.post<{ id: string }>('/v1/orders', order(caseId, first, EMERGENCY));
    await sign(cast, draft.id);
    const exclusions = EXCLUSIONS.map((one) => (one.ground === 'journalistic' ? { ...one, finding: 'applies' } : one));
    const { id: second } = await assess(cast.supervisor, caseId, { exclusions });

    const refused = { code: 'order.not-orderable', assessmentId: second, bars: ['exclusion_applies'] };
    expect(await cast.analyst.post('/v1/orders', order(caseId, first, EMERGENCY))).toMatchObject({ status: 409, body: refused }); // prettier-ignore
    expect(await cast.analyst.post(`/v1/notices/${draft.id}/send`)).toMatchObject({ status: 409, body: refused });
  });

  it('does not name what came into the case after the assessment', async () => {
    const cast = await orderCast(world);
    const { id: caseId } = await openCase(cast.analyst, [freshUrl(hostOf(cast))]);
    const { id: assessed } = await assess(cast.analyst, caseId);
    pass(minutes(1));
    const { body } = await cast.analyst.post<{ items: { id: string; address: string }[] }>(
      `/v1/cases/${caseId}/items`,
      { items: [{ url: `https://${hostOf(cast)}/newspaper/report-9` }] },
    );
    const late = body.items.find(({ address }) => address.includes('newspaper'))?.id;

    expect(await cast.analyst.post('/v1/orders', order(caseId, assessed, EMERGENCY))).toMatchObject({
      status: 409,
      body: { code: 'order.not-assessed', itemIds: [late] },
    });
    const { id: again } = await assess(cast.analyst, caseId);
    expect((await cast.analyst.post('/v1/orders', order(caseId, again, EMERGENCY))).status).toBe(201);
  });

  it('justifies an emergency in words, not in spaces', async () => {
    const cast = await orderCast(world);
    const { id: caseId } = await openCase(cast.analyst, [freshUrl(hostOf(cast))]);
    const { id: assessed } = await assess(cast.analyst, caseId);
    for (const emergencyReasons of [' '.repeat(25), '\u200b\u00a0\n'.repeat(9)]) {
      const blank = order(caseId, assessed, { isEmergency: true, emergencyReasons });
      expect(await cast.analyst.post('/v1/orders', blank)).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/emergencyReasons' }] },
      });
    }
  });

  it('leaves by its gate alone, also when it is called back and sent at the same instant', async () => {
    const cast = await orderCast(world);
    for (let round = 0; round < 6; round++) {
      const { id } = await draftOrder(cast, EMERGENCY);
      await sign(cast, id);
      await done(cast.analyst.post(`/v1/notices/${id}/send`, { undoSeconds: 10 }));
      await Promise.all([
        cast.supervisor.post(`/v1/notices/${id}/undo`),
        cast.analyst.post(`/v1/notices/${id}/send`, { undoSeconds: 0 }),
      ]);
      const { rows } = await world.sql.query<{ state: string; tokens: number }>(
        `select n.state, (select count(*)::int from order_token t where t.notice_id = n.id and t.released_at is null) as tokens
         from notice n where n.id = $1`,
        [id],
      );
      // An order that goes or has gone stands; a draft does not.
      expect(rows[0]?.state === 'draft').toBe(rows[0]?.tokens === 0);
    }
  });
});

describe('what follows an order', () => {
  it('lets a person record the hour that was missed, whatever was asked after it', async () => {
    const cast = await orderCast(world);
    const { id } = await sendOrder(cast);
    await done(cast.moderator.post(`/v1/notices/${id}/acknowledge`));
    const dueAt = new Date(world.clock.now().getTime() + HOURS).toISOString();
    pass(minutes(65));
    await world.app.get(Ticker).tick(world.clock.now());
    const asked = {
      ground: 'insufficient_information',
      explanation: 'The address is not clear',
      needed: 'A screenshot',
    };
    await done(cast.moderator.post(`/v1/notices/${id}/ask-clarification`, asked));
    await done(cast.analyst.post(`/v1/notices/${id}/clarify`, { clarification: 'It is the second post' }));
    await done(cast.moderator.post(`/v1/notices/${id}/possible-again`, {}));

    const reasons = 'Nothing was done within the hour, and nothing was asked within it either.';
    await done(cast.supervisor.post(`/v1/notices/${id}/non-compliance`, { reasons }));
    const entries = await said(world, id);
    expect(entries.filter(({ kind }) => kind === 'notice.non-compliance')).toMatchObject([{ dims: { dueAt } }]);
  });

  it('keeps what a cross-border order took down possible to put back, also where the home authority is not here', async () => {
    const cast = await orderCast(world, { homeCountry: 'DE' });
    const notice = await carriedOut(world, cast, { ...EMERGENCY, homeCopyNote: 'By mail to the authority' });
    const path = `/v1/notices/${notice.id}/items/${itemOf(notice)}`;
    await done(cast.moderator.post(`${path}/preservation`, { state: 'complete' }));
    pass(200 * DAYS);
    expect(await cast.moderator.post(`${path}/delete-for-good`)).toMatchObject({
      status: 409,
      body: { code: 'deletion.cross-border' },
    });
    pass(-200 * DAYS);
  });

  it('takes back what its issuer had contributed from its items before it, when it infringes the law', async () => {
    const cast = await orderCast(world);
    const second = await world.person(cast.home, ['supervisor']);
    // The casts before have authorities of Ireland, too.
    await world.sql.query(
      `update authority_entry set removed_at = now() where country = 'IE' and organisation_id <> $1`,
      [cast.home.id],
    );
    const form = new FormData();
    const items = [{ url: freshUrl(hostOf(cast)) }];
    form.append('case', JSON.stringify({ category: 'incitement', ideology: 'other', items }));
    const picture = new Blob([new Uint8Array(await images.sceneJpeg(911))], { type: 'image/jpeg' });
    form.append('file', picture, 'a.jpg');
    const { body: file } = await cast.analyst.form<{ id: string; exhibits: { id: string }[] }>('/v1/cases', form);
    const { body: contributed } = await cast.analyst.post<{ signals: { signalId: string }[] }>(
      `/v1/exhibits/${file.exhibits[0]?.id}/signals`,
      { labels: { category: 'incitement', ideology: 'other' }, types: ['sha256'] },
    );
    const { id: assessed } = await assess(cast.analyst, file.id);
    const { body: draft } = await cast.analyst.post<{ id: string }>('/v1/orders', order(file.id, assessed, EMERGENCY));
    await sign(cast, draft.id);
    await done(cast.analyst.post(`/v1/notices/${draft.id}/send`));
    const { id: scrutiny } = (await begin(cast.homeOfficer, draft.id)).body as { id: string };
    await done(intend(world, cast.homeOfficer, scrutiny));
    pass(5 * HOURS);
    expect((await decide([cast.homeOfficer, second], scrutiny, 'infringement')).status).toBe(200);

    const path = `/v1/signals/${contributed.signals[0]?.signalId}`;
    expect((await cast.analyst.get<{ state: string }>(path)).body.state).toBe('withdrawn');
  });
});
