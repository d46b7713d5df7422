import type { Acknowledgement } from '../../src/domain/acknowledgement';
import { verifyAcknowledgement } from '../../src/domain/acknowledgement';
import { parseVerifierKey, type VerifierKey } from '../../src/domain/checkpoint';
import { verifySignature } from '../../src/ledger/ledger-key';
import type { NoticeView } from '../../src/notices/notice.view';
import { minutes, startWorld, type Answer, type Person, type World } from '../support/app';
import { draft, freshUrl, notice, openCase, received, removed } from '../support/referral';

let world: World;
let analyst: Person;
let moderator: Person;
let key: VerifierKey;

beforeAll(async () => {
  world = await startWorld();
  ({ analyst, moderator } = await world.cast());
  const { body } = await world.anonymous<{ key: string }>('/v1/ledger/key');
  key = parseVerifierKey(body.key);
});
afterAll(() => world?.close());

type Acknowledged = NoticeView & { receipt?: { entry: { id: string }; acknowledgement?: Acknowledgement } };

/** Every message that changes a notice, each on a notice of its own that is ready for it. */
const MESSAGES: Readonly<Record<string, () => Promise<readonly [by: Person, url: string, body: object | undefined]>>> =
  {
    draft: async () => {
      const { id: caseId } = await openCase(analyst, [freshUrl()]);
      return [analyst, '/v1/notices', { caseId, kind: 'referral' }];
    },
    send: async () => [analyst, `/v1/notices/${(await draft(analyst)).id}/send`, undefined],
    withdraw: async () => [analyst, `/v1/notices/${(await received(analyst)).id}/withdraw`, { reason: 'By mistake' }],
    acknowledge: async () => [moderator, `/v1/notices/${(await received(analyst)).id}/acknowledge`, {}],
    answer: async () => {
      const { id, items } = await received(analyst);
      return [moderator, `/v1/notices/${id}/answer`, { answers: [removed(items[0]!.itemId, world.clock.now())] }];
    },
    impossible: async () => [
      moderator,
      `/v1/notices/${(await received(analyst)).id}/impossible`,
      { explanation: 'Fire' },
    ],
    clarification: async () => {
      const body = { ground: 'manifest_errors', explanation: 'No path', needed: 'The path' };
      return [moderator, `/v1/notices/${(await received(analyst)).id}/ask-clarification`, body];
    },
  };

describe('acceptance 15: a message that changes a notice', () => {
  for (const [name, prepare] of Object.entries(MESSAGES)) {
    it(`is acknowledged by a machine, at once and signed: ${name}`, async () => {
      const [by, url, body] = await prepare();
      for (const headers of [{}, { prefer: 'receipt=later' }].slice(0, name === 'draft' ? 2 : 1)) {
        const answer = await by.post<Acknowledged>(url, body, headers as Record<string, string>);
        const { receipt } = answer.body;
        expect([answer.status, receipt?.acknowledgement?.entryId]).toEqual([
          name === 'draft' ? 201 : 200,
          receipt?.entry.id,
        ]);
        expect(receipt?.acknowledgement?.receivedAt).toBe(world.clock.now().toISOString());
        expect(verifyAcknowledgement(receipt!.acknowledgement!, body ?? null, key, verifySignature)).toBe(true);
        expect(verifyAcknowledgement(receipt!.acknowledgement!, { other: 1 }, key, verifySignature)).toBe(false);
      }
    });
  }

  it('is acknowledged again when it is repeated', async () => {
    const { id } = await received(analyst);
    const send = (): Promise<Answer<Acknowledged>> =>
      moderator.post<Acknowledged>(`/v1/notices/${id}/acknowledge`, {}, { 'idempotency-key': 'once' });
    const [first, again] = [await send(), await send()];
    expect(again.body.receipt?.acknowledgement?.entryId).toBe(first.body.receipt?.acknowledgement?.entryId);
    expect(verifyAcknowledgement(again.body.receipt!.acknowledgement!, {}, key, verifySignature)).toBe(true);
  });

  it('that changes no notice has a receipt alone', async () => {
    const { body } = await analyst.post<Acknowledged>('/v1/cases', {
      category: 'incitement',
      ideology: 'other',
      items: [{ url: freshUrl() }],
    });
    expect(body.receipt).toHaveProperty('entry');
    expect(body.receipt).not.toHaveProperty('acknowledgement');
  });
});

describe('a machine’s and a person’s acknowledgement', () => {
  it('are two: a key of the platform is no person, and the sender sees both instants apart', async () => {
    const { body: made } = await moderator.post<{ key: string }>('/v1/api-keys', {
      name: 'robot',
      expiresAt: '2026-12-01T00:00:00.000Z',
      permissions: ['notice.read', 'notice.acknowledge', 'notice.answer'],
    });
    const robot = (url: string, body: object): Promise<Answer<NoticeView>> =>
      world.send<NoticeView>('POST', url, body, { authorization: `Bearer ${made.key}` });
    const { id, receivedAt, items } = await received(analyst);
    expect(await notice(analyst, id)).toMatchObject({ machineAckAt: receivedAt, humanAckAt: null });
    world.clock.advance(minutes(1));
    expect((await robot(`/v1/notices/${id}/acknowledge`, {})).status).toBe(200);
    expect(await notice(analyst, id)).toMatchObject({
      state: 'acknowledged',
      acknowledgedAt: world.clock.now().toISOString(),
      machineAckAt: receivedAt,
      humanAckAt: null,
    });
    world.clock.advance(minutes(1));
    const looked = world.clock.now().toISOString();
    const { body } = await moderator.post<Acknowledged>(`/v1/notices/${id}/acknowledge`);
    expect(verifyAcknowledgement(body.receipt!.acknowledgement!, null, key, verifySignature)).toBe(true);
    world.clock.advance(minutes(1));
    await moderator.post(`/v1/notices/${id}/answer`, { answers: [removed(items[0]!.itemId, world.clock.now())] });
    expect((await notice(analyst, id)).humanAckAt).toBe(looked);
  });
});
