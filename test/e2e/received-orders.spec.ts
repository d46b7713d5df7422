import type { Form } from '../../src/domain/forms/forms';
import type { NoticeView } from '../../src/notices/notice.view';
import type { ReceivedOrderDetailView } from '../../src/notices/received/received.dto';
import { readForm } from '../../src/notices/forms/read-form';
import { Ticker } from '../../src/notices/ticker';
import { minutes, type World } from '../support/app';
import {
  OutsideKey,
  entriesOf,
  findGenuine,
  handIn,
  handInFile,
  outsideOrder,
  pdfOf,
  receivingCast,
  registerAuthority,
  type ReceivingCast,
} from '../support/received';
import { removed, startQuietWorld } from '../support/referral';

let world: World;
let cast: ReceivingCast;
const key = new OutsideKey();

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await receivingCast(world);
  const first = await handIn(cast.moderator, outsideOrder(), key);
  await findGenuine(cast, first.body.id, key);
});
afterAll(() => world.close());

describe('an order by a known key', () => {
  it('is recognised at once, and its hour runs from the receipt that the platform states', async () => {
    const form = outsideOrder();
    const receivedAt = cast.at(20);
    const { status, body } = await handIn(cast.moderator, form, key, { receivedAt });
    expect([status, body.state, body.reasons]).toEqual([201, 'recognised', []]);
    expect(body).toMatchObject({
      receivedAt,
      statedReceiptAt: receivedAt,
      handedInAt: cast.at(0),
      isVerified: true,
      ifGenuine: null,
      authority: { id: cast.authorityId, telephone: '+33 1 00 00 00 17' },
    });
    const notice = await cast.noticeOf(body.noticeId);
    expect(notice).toMatchObject({
      kind: 'removal_order',
      state: 'received',
      sender: { name: 'Unit A' },
      receivedAt,
      caseId: null,
      clock: { kind: 'statutory', state: 'running', startedAt: receivedAt, dueAt: cast.at(-40) },
      order: { kid: key.kid, homeCountry: 'IE', isCrossBorder: true },
    });
    const inbox = await cast.moderator.get<{ items: NoticeView[] }>('/v1/notices?box=inbox');
    expect(inbox.body.items.map(({ id }) => id)).toContain(body.noticeId);
    expect((await entriesOf(world, body.id)).map(({ kind, audience }) => [kind, audience])).toEqual([
      ['received-order.received', [cast.platform.id]],
      ['received-order.recognised', [cast.platform.id]],
    ]);
  });

  it('is read from a PDF, and is the same order as its JSON, however often and by whom it is handed in', async () => {
    const form = outsideOrder();
    const [one, two] = await Promise.all([
      handInFile(cast.moderator, await pdfOf(form, key)),
      handInFile(cast.colleague, JSON.stringify(form), { jws: key.sign(form) }),
    ]);
    expect([one.status, two.status, one.body.state]).toEqual([201, 201, 'recognised']);
    expect(two.body.id).toBe(one.body.id);
    const third = await handIn(cast.colleague, form, key, { receivedAt: cast.at(50) });
    expect([third.body.id, third.body.noticeId, third.body.receivedAt]).toEqual([
      one.body.id,
      one.body.noticeId,
      cast.at(0),
    ]);
    const { rows } = await world.sql.query(`select 1 from received_order where id = $1`, [one.body.id]);
    expect(rows).toHaveLength(1);
  });

  it('is answered alike to a repeat under one key; another file under that key is no repeat', async () => {
    const form = outsideOrder();
    const headers = { 'idempotency-key': 'received-1' };
    const first = await handInFile(cast.moderator, await pdfOf(form, key), {}, headers);
    const repeat = await handInFile(cast.moderator, await pdfOf(form, key), {}, headers);
    expect([repeat.status, repeat.body.id]).toEqual([201, first.body.id]);
    const other = await handInFile(cast.moderator, await pdfOf(outsideOrder(), key), {}, headers);
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency.key-reused' } });
  });

  it('takes up ten thousand addresses, each once', async () => {
    const urls = Array.from({ length: 10_000 }, (_, i) => `https://harbour.example/many/${i % 9_999}`);
    const { body } = await handIn(cast.moderator, outsideOrder({ urls }), key);
    expect(body).toMatchObject({ state: 'recognised', claims: { targets: 10_000 } });
    const { rows } = await world.sql.query<{ n: number; last: number }>(
      'select count(*)::int as n, max(position) as last from notice_item where notice_id = $1',
      [body.noticeId],
    );
    expect(rows).toEqual([{ n: 9_999, last: 9_999 }]);
  });

  it('never runs from later than our intake: a receipt in the future is refused', async () => {
    const answer = await handIn(cast.moderator, outsideOrder(), key, { receivedAt: cast.at(-1) });
    expect(answer).toMatchObject({ status: 400, body: { code: 'received-order.in-the-future' } });
  });

  it('passes its deadline like any other, and is then past its hour', async () => {
    const { body } = await handIn(cast.moderator, outsideOrder(), key, { receivedAt: cast.at(61) });
    await world.app.get(Ticker).tick(world.clock.now());
    expect((await cast.noticeOf(body.noticeId)).clock?.fact).toMatchObject({ kind: 'deadline_passed', at: cast.at(1) });
  });

  it('may come from a key of the register of this installation, too', async () => {
    const here = await world.organisation('authority', 'pinned-here', { name: 'Unit C', country: 'FR' });
    const registered = new OutsideKey();
    await registerAuthority(world, { name: 'Unit C', organisationId: here.id });
    await world.sql.query(
      `insert into authority_key (organisation_id, kid, public_key, origin, created_at) values ($1, $2, $3, 'pinned', now())`,
      [here.id, registered.kid, registered.publicKey],
    );
    const { body } = await handIn(cast.moderator, outsideOrder({ e: { name: 'Unit C' } }), registered);
    expect(body).toMatchObject({ state: 'recognised', authority: { name: 'Unit C' } });
    const theirs = await world.person(here, ['supervisor']);
    expect((await theirs.get(`/v1/notices/${body.noticeId}`)).status).toBe(404);
  });
});

describe('its answer', () => {
  const hear = async (): Promise<{ order: ReceivedOrderDetailView; notice: NoticeView }> => {
    const { body } = await handIn(cast.moderator, outsideOrder(), key, { receivedAt: cast.at(10) });
    return { order: body, notice: await cast.noticeOf(body.noticeId) };
  };

  it('is Annex II once everything was removed, as data and as a document, and its sending is recorded', async () => {
    const { order, notice } = await hear();
    const path = `/v1/received-orders/${order.id}`;
    const early = await cast.moderator.get(`${path}/answer?contactEmail=tco@harbour.example`);
    expect(early).toMatchObject({ status: 409, body: { code: 'received-order.no-answer-form' } });
    const answers = notice.items.map(({ itemId }) => removed(itemId, world.clock.now()));
    const done = await cast.moderator.post<NoticeView>(`/v1/notices/${notice.id}/answer`, { answers });
    expect(done).toMatchObject({ status: 200, body: { state: 'answered', clock: { state: 'stopped', fact: null } } });
    expect(await cast.moderator.get(`${path}/answer`)).toMatchObject({
      body: { code: 'received-order.contact-needed' },
    });
    const { body } = await cast.moderator.get<{ form: Form }>(`${path}/answer?contactEmail=tco@harbour.example`);
    expect(body.form).toMatchObject({
      form: 'annex-ii',
      content: {
        issuerRef: order.claims?.reference,
        receivedAt: order.receivedAt,
        measure: 'REMOVED',
        measureAt: cast.at(0),
        hsp: { name: 'Harbour', memberState: 'IE' },
      },
    });
    const pdf = await world.app.inject({
      url: `${path}/answer.pdf?contactEmail=tco@harbour.example`,
      headers: { authorization: `Bearer ${cast.moderator.token}` },
    });
    expect(await readForm(pdf.rawPayload)).toEqual(body.form);
    const sent = { channel: 'mail', sentAt: cast.at(0), contactEmail: 'tco@harbour.example' };
    const recorded = await cast.moderator.post<ReceivedOrderDetailView>(`${path}/answer-sent`, sent);
    expect(recorded.body.answers).toEqual([
      { form: 'annex-ii', channel: 'mail', sentAt: cast.at(0), recordedAt: cast.at(0) },
    ]);
    expect((await entriesOf(world, order.id)).at(-1)).toMatchObject({
      kind: 'received-order.answer-sent',
      dims: { form: 'annex-ii', channel: 'mail' },
    });
    const future = await cast.moderator.post(`${path}/answer-sent`, { ...sent, sentAt: cast.at(-1) });
    expect(future.status).toBe(400);
  });

  it('is Annex III while something is unclear; what the authority sends back by hand begins the hour anew', async () => {
    const { order, notice } = await hear();
    const path = `/v1/received-orders/${order.id}`;
    await cast.moderator.post(`/v1/notices/${notice.id}/ask-clarification`, {
      ground: 'insufficient_information',
      explanation: 'The address leads to a folder.',
      needed: 'Which file?',
    });
    const { body } = await cast.moderator.get<{ form: Form }>(`${path}/answer?contactEmail=tco@harbour.example`);
    expect(body.form).toMatchObject({
      form: 'annex-iii',
      content: { ground: 'INSUFFICIENT_INFO', clarificationNeeded: 'Which file?' },
    });
    world.clock.advance(minutes(90));
    const early = { receivedAt: cast.at(100), clarification: 'The second.' };
    expect((await cast.moderator.post(`${path}/clarified`, early)).status).toBe(400);
    const clarified = await cast.moderator.post<NoticeView>(`${path}/clarified`, { ...early, receivedAt: cast.at(5) });
    expect(clarified).toMatchObject({
      status: 200,
      body: { clock: { state: 'running', run: 2, startedAt: cast.at(5), dueAt: cast.at(-55) } },
    });
  });

  it('is over when the authority takes the order back by letter: nothing runs, and what was removed is to be put back', async () => {
    const { order, notice } = await hear();
    const path = `/v1/received-orders/${order.id}/ended`;
    const told = {
      ground: 'withdrawn',
      toldAt: cast.at(2),
      reason: 'By letter, confirmed by the number of the register',
    };
    expect((await cast.moderator.post(path, { ...told, toldAt: cast.at(-1) })).status).toBe(400);
    const answers = notice.items.map(({ itemId }) => removed(itemId, world.clock.now()));
    await cast.moderator.post(`/v1/notices/${notice.id}/answer`, { answers });
    expect(await cast.moderator.post(path, told)).toMatchObject({
      status: 200,
      body: {
        state: 'withdrawn',
        withdrawnAt: cast.at(2),
        items: [{ reinstatement: { ground: 'withdrawn', outcome: null } }],
      },
    });
    expect((await cast.moderator.post(path, told)).status).toBe(409);
    const other = await hear();
    const annulled = await cast.moderator.post<NoticeView>(`/v1/received-orders/${other.order.id}/ended`, {
      ...told,
      ground: 'scrutiny',
    });
    expect(annulled.body).toMatchObject({
      state: 'annulled',
      annulmentGround: 'scrutiny',
      clock: { state: 'stopped', stoppedAt: cast.at(2) },
    });
  });

  it('is of the platform alone: nobody here edits, withdraws or closes the order, and nobody can join its authority', async () => {
    const { notice } = await hear();
    const unit = await world.organisation('authority', `unit-${notice.id.slice(-6)}`, {
      competences: ['refer', 'order'],
    });
    const supervisor = await world.person(unit, ['supervisor', 'admin']);
    for (const verb of ['withdraw', 'close', 'clarify', 'annul', 'sign', 'send']) {
      const answer = await supervisor.post(`/v1/notices/${notice.id}/${verb}`, {
        reason: 'Mine?',
        clarification: 'No',
      });
      expect([verb, [400, 403, 404].includes(answer.status)]).toEqual([verb, true]);
      expect((await cast.moderator.post(`/v1/notices/${notice.id}/${verb}`, { reason: 'Mine?' })).status).toBe(403);
    }
    const person = await world.person(unit, ['analyst']);
    await expect(
      world.sql.query(`insert into membership (organisation_id, person_id, roles) values ($1, $2, '{admin}')`, [
        notice.sender.id,
        person.personId,
      ]),
    ).rejects.toThrow(/nobody signs in/);
    const operator = await world.person(await world.organisation('operator', `op-${notice.id.slice(-6)}`), [
      'operator',
    ]);
    expect((await operator.get(`/v1/organisations/${notice.sender.id}`)).status).toBe(404);
    expect((await supervisor.get(`/v1/organisations/${notice.sender.id}`)).status).toBe(404);
    expect((await cast.moderator.get(`/v1/organisations/${notice.sender.id}`)).body).toMatchObject({
      kind: 'external',
    });
  });
});
