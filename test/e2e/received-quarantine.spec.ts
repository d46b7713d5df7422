import { formBytes } from '../../src/domain/forms/forms';
import type {
  ReceivedKeyView,
  ReceivedOrderDetailView,
  ReceivedOrderView,
} from '../../src/notices/received/received.dto';
import { minutes, type World } from '../support/app';
import { ONE_OF_EACH, ORDER } from '../support/forms';
import { pdfFile } from '../support/pdfs';
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
  withContent,
  type ReceivingCast,
} from '../support/received';
import { startQuietWorld } from '../support/referral';

let world: World;
let cast: ReceivingCast;

const clocksOf = async (): Promise<number> =>
  (await world.sql.query<{ n: number }>('select count(*)::int as n from clock')).rows[0]!.n;

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await receivingCast(world);
});
afterAll(() => world.close());

describe('an unknown signer', () => {
  const key = new OutsideKey();

  it('waits: its receipt is recorded, the hour that runs if it is genuine is told, and nothing runs for certain', async () => {
    const before = await clocksOf();
    const form = outsideOrder();
    const { status, body } = await handInFile(cast.moderator, await pdfOf(form, key), { receivedAt: cast.at(15) });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      state: 'quarantined',
      reasons: ['unknown_signer'],
      receivedAt: cast.at(15),
      ifGenuine: { receivedAt: cast.at(15), dueAt: cast.at(-45) },
      noticeId: null,
      isVerified: false,
      kid: key.kid,
      documentKind: 'pdf',
      claims: { authority: 'Unit A', memberState: 'FR', addressee: 'Harbour', targets: 1 },
      // Of the register, and not of the form.
      authority: { id: cast.authorityId, telephone: '+33 1 00 00 00 17' },
    });
    expect(await clocksOf()).toBe(before);
    expect(await entriesOf(world, body.id)).toMatchObject([
      {
        kind: 'received-order.received',
        dims: { receivedAt: cast.at(15), statedReceiptAt: cast.at(15), handedInAt: cast.at(0), channel: 'mail' },
      },
      { kind: 'received-order.quarantined', dims: { receivedAt: cast.at(15), reasons: ['unknown_signer'] } },
    ]);
  });

  it('is pinned by two people who name the same key, and the next order of that key is recognised at once', async () => {
    const { body } = await handIn(cast.moderator, outsideOrder(), key, { receivedAt: cast.at(30) });
    const path = `/v1/received-orders/${body.id}/genuine`;
    const found = { authorityId: cast.authorityId, publicKey: key.x, reason: 'Called the number of the register' };
    expect((await cast.moderator.post(path, found)).status).toBe(202);
    expect(await cast.moderator.post(path, found)).toMatchObject({
      status: 409,
      body: { code: 'approval.same-person' },
    });
    // Another key is another question.
    expect((await cast.colleague.post(path, { ...found, publicKey: new OutsideKey().x })).status).toBe(202);
    const decided = await cast.colleague.post<ReceivedOrderDetailView>(path, found);
    expect(decided).toMatchObject({
      status: 200,
      body: {
        state: 'genuine',
        isVerified: true,
        ifGenuine: null,
        receivedAt: cast.at(30),
        decision: { refutations: [] },
      },
    });
    const notice = await cast.noticeOf(decided.body.noticeId);
    expect(notice).toMatchObject({
      state: 'received',
      clock: { startedAt: cast.at(30), dueAt: cast.at(-30) },
      order: { kid: key.kid },
    });
    expect((await entriesOf(world, body.id)).map(({ kind }) => kind).slice(2)).toEqual([
      'received-order.key-pinned',
      'received-order.genuine',
    ]);
    expect((await cast.moderator.get<ReceivedKeyView[]>('/v1/received-orders/keys')).body).toMatchObject([
      { kid: key.kid, publicKey: key.x, authorityId: cast.authorityId, retiredAt: null },
    ]);
    expect((await handIn(cast.moderator, outsideOrder(), key)).body).toMatchObject({
      state: 'recognised',
      reasons: [],
    });
  });

  it('is recognised, once its key is known, when what waited is handed in again', async () => {
    const late = new OutsideKey();
    const form = outsideOrder();
    const { body: waiting } = await handIn(cast.moderator, form, late, { receivedAt: cast.at(5) });
    const other = await handIn(cast.moderator, outsideOrder(), late);
    await findGenuine(cast, other.body.id, late);
    world.clock.advance(minutes(10));
    const again = await handIn(cast.colleague, form, late);
    expect(again.body).toMatchObject({ id: waiting.id, state: 'recognised', receivedAt: waiting.receivedAt });
    expect(again.body.noticeId).not.toBeNull();
  });
});

describe('a key', () => {
  it('that was retired recognises nothing that is received from then on, and is not believed again', async () => {
    const key = new OutsideKey();
    await findGenuine(cast, (await handIn(cast.moderator, outsideOrder(), key)).body.id, key);
    const retired = await cast.moderator.post<ReceivedKeyView[]>(`/v1/received-orders/keys/${key.kid}/retire`);
    expect(retired.body.find(({ kid }) => kid === key.kid)?.retiredAt).toBe(cast.at(0));
    // Dated back by whoever has it: it counts when it was received.
    const { body } = await handIn(cast.moderator, outsideOrder({ a: { issuedAt: '2026-03-01T08:00:00Z' } }), key);
    expect(body).toMatchObject({ state: 'quarantined', reasons: ['key_revoked'], authority: { id: cast.authorityId } });
    const again = await findGenuine(cast, body.id, key);
    expect(again).toMatchObject({ status: 409, body: { code: 'received-order.key', reason: 'known_otherwise' } });
    const before = await handIn(cast.moderator, outsideOrder(), key, { receivedAt: cast.at(30) });
    expect(before.body.state).toBe('recognised');
    expect((await cast.moderator.post(`/v1/received-orders/keys/${key.kid}/retire`)).status).toBe(404);
  });

  it('that did not sign the order is not pinned by it', async () => {
    const { body } = await handIn(cast.moderator, outsideOrder(), new OutsideKey());
    const answer = await findGenuine(cast, body.id, new OutsideKey());
    expect(answer).toMatchObject({ status: 409, body: { code: 'received-order.key' } });
  });
});

describe('what is wrong with an order', () => {
  const key = new OutsideKey();
  const reasonsOf = async (...given: Parameters<typeof handIn>): Promise<readonly string[]> => {
    const { body } = await handIn(...given);
    expect([body.state, body.noticeId]).toEqual(['quarantined', null]);
    return [...body.reasons, ...body.errors];
  };
  beforeAll(async () => {
    await findGenuine(cast, (await handIn(cast.moderator, outsideOrder(), key)).body.id, key);
  });

  it('is named: tampered with, unsigned, by an authority that may not order, to somebody else, contradicting itself', async () => {
    const form = outsideOrder();
    const jws = key.sign(form);
    const tampered = withContent(form, (content) => ({ ...content, b: { ...content.b, reasons: 'Others.' } }));
    const { body } = await handInFile(cast.moderator, JSON.stringify({ form: tampered, jws }));
    expect(body.reasons).toEqual(['signature_invalid']);
    expect(await reasonsOf(cast.moderator, outsideOrder())).toEqual(['unsigned']);
    const other = { addressee: 'Other', contactPoint: 'x@other.example' };
    expect(await reasonsOf(cast.moderator, outsideOrder({ a: other, urls: ['https://other.example/1'] }), key)).toEqual(
      ['not_addressed_to_us'],
    );
    expect(await reasonsOf(cast.moderator, outsideOrder({ a: { issuedAt: '2026-03-03T08:00:00Z' } }), key)).toEqual([
      'manifest_errors',
      'issued_after_receipt',
    ]);
    await registerAuthority(world, { name: 'Unit B', competences: ['penalise'] });
    const unable = await handIn(cast.moderator, outsideOrder({ e: { name: 'Unit B' } }));
    expect(unable.body.reasons).toEqual(['unsigned', 'authority_not_competent']);
    const found = await findGenuine({ ...cast, authorityId: unable.body.authority!.id }, unable.body.id);
    expect(found).toMatchObject({ status: 409, body: { code: 'received-order.authority', reason: 'not_competent' } });
    expect(await reasonsOf(cast.moderator, outsideOrder({ e: { name: 'Nobody' } }))).toEqual([
      'unsigned',
      'authority_not_registered',
    ]);
  });

  it('does not undo a receipt: a document without readable data waits, too, and cannot become an order as it is', async () => {
    const scan = await handInFile(cast.moderator, pdfFile({ text: 'Removal order' }), {
      receivedAt: cast.at(7),
      channel: 'fax',
    });
    expect(scan).toMatchObject({
      status: 201,
      body: { state: 'quarantined', reasons: ['no_form', 'unsigned'], claims: null, receivedAt: cast.at(7) },
    });
    expect(await findGenuine(cast, scan.body.id)).toMatchObject({
      status: 409,
      body: { code: 'received-order.no-form' },
    });
    expect((await cast.moderator.get(`/v1/received-orders/${scan.body.id}/text`)).status).toBe(409);
    const broken = { form: 'annex-i', v: 1, content: { ...ORDER, g: {}, 'x\u0000y': 1 } };
    const malformed = await handInFile(cast.moderator, JSON.stringify(broken));
    expect(malformed.body.reasons).toEqual(['malformed', 'unsigned']);
    expect(malformed.body.faults).toContainEqual({ pointer: '/content/g/body', detail: 'is missing' });
  });

  it('is nothing that was received when it is no document: junk of any size, and other forms, leave no record', async () => {
    const count = async (): Promise<number> =>
      (await world.sql.query<{ n: number }>('select count(*)::int as n from received_order')).rows[0]!.n;
    const before = await count();
    const junk = Buffer.alloc(20 * 2 ** 20, 0x5a);
    expect(await handInFile(cast.moderator, junk)).toMatchObject({ status: 422, body: { code: 'form.too-large' } });
    for (const text of ['', 'nothing', '[1]', '{"form":"letter"}', `{"a":${'['.repeat(5000)}`]) {
      expect(await handInFile(cast.moderator, text)).toMatchObject({
        status: 422,
        body: { code: 'received-order.unreadable' },
      });
    }
    const feedback = Buffer.from(formBytes(ONE_OF_EACH[1]!));
    expect(await handInFile(cast.moderator, feedback)).toMatchObject({ body: { code: 'received-order.not-an-order' } });
    const cut = Buffer.from(await pdfOf(outsideOrder(), key)).subarray(0, 4000);
    expect(await handInFile(cast.moderator, cut)).toMatchObject({ status: 422, body: { code: 'pdf.truncated' } });
    expect(await count()).toBe(before);
  });
});

describe('an order without a signature', () => {
  it('becomes one when two people find it genuine; no key is pinned by that', async () => {
    const { body } = await handIn(cast.moderator, outsideOrder(), undefined, { channel: 'registered_delivery' });
    const decided = await findGenuine(cast, body.id);
    expect(decided.body).toMatchObject({ state: 'genuine', isVerified: false });
    const notice = await cast.noticeOf(decided.body.noticeId);
    expect(notice).toMatchObject({ state: 'received', order: { kid: null, signedAt: null } });
    const list = await cast.moderator.get<{ items: ReceivedOrderView[] }>('/v1/received-orders?state=genuine&limit=1');
    expect(list.body.items).toMatchObject([{ id: body.id }]);
  });

  it('takes the signature, and an earlier receipt, that come later; a worse signature takes nothing from it', async () => {
    const key = new OutsideKey();
    await findGenuine(cast, (await handIn(cast.moderator, outsideOrder(), key)).body.id, key);
    const form = outsideOrder();
    const { body } = await handIn(cast.moderator, form);
    const stranger = new OutsideKey();
    expect((await handIn(cast.moderator, form, stranger)).body.reasons).toEqual(['unknown_signer']);
    expect((await handIn(cast.moderator, form, new OutsideKey())).body.kid).toBe(stranger.kid);
    const earlier = await handIn(cast.moderator, form, undefined, { receivedAt: cast.at(9) });
    expect(earlier.body).toMatchObject({ id: body.id, receivedAt: cast.at(9), state: 'quarantined' });
    expect((await handIn(cast.moderator, form, key)).body).toMatchObject({
      id: body.id,
      state: 'recognised',
      receivedAt: cast.at(9),
    });
    await expect(
      world.sql.query(`update received_order set received_at = received_at + interval '1 minute' where id = $1`, [
        body.id,
      ]),
    ).rejects.toThrow(/later instant/);
  });
});

describe('the same subject', () => {
  it('is shown with the notice that is about it already, and whom to call', async () => {
    const key = new OutsideKey();
    const url = 'https://harbour.example/twice';
    const one = await handIn(cast.moderator, outsideOrder({ urls: [url, url] }), key);
    const taken = await findGenuine(cast, one.body.id, key);
    const two = await handIn(cast.moderator, outsideOrder({ urls: [url, 'https://harbour.example/other'] }), key);
    expect(two.body).toMatchObject({
      state: 'recognised',
      sameSubject: [
        { noticeId: taken.body.noticeId, kind: 'removal_order', sender: 'Unit A', telephone: '+33 1 00 00 00 17' },
      ],
    });
    const notice = await cast.noticeOf(two.body.noticeId);
    expect(notice.items).toHaveLength(2);
  });
});
