import type { DeliveryView } from '../../src/deliveries/deliveries.dto';
import { startWorld, type Person, type World } from '../support/app';
import { eventually, hurry, notice, refer } from '../support/referral';

interface FeedPage {
  readonly entries: readonly {
    readonly kind: string;
    readonly digest: string;
    readonly subjects: { readonly notice?: string };
  }[];
}

let world: World;
let analyst: Person;
let reader: Person;

beforeAll(async () => {
  world = await startWorld();
  ({ analyst } = await world.cast());
  const organisation = await world.organisation('platform', 'reader', { hosts: ['reader.example'], inbox: false });
  reader = await world.person(organisation, ['admin', 'moderator']);
  expect((await reader.post('/v1/contact-points', { channel: 'feed', position: 0 })).status).toBe(201);
});
afterAll(() => world?.close());

let posts = 0;
const send = (): Promise<{ id: string }> => refer(analyst, [`https://reader.example/posts/${++posts}`]);

/** The digest of the entry that sent this notice, as the platform's feed gives it. */
async function digestOf(id: string): Promise<string> {
  const { entries } = await eventually(
    async () => (await reader.get<FeedPage>('/v1/feed?limit=200')).body,
    (page) => page.entries.some(({ kind, subjects }) => kind === 'notice.sent' && subjects.notice === id),
  );
  return entries.find(({ kind, subjects }) => kind === 'notice.sent' && subjects.notice === id)?.digest ?? '';
}

const deliveriesOf = async (id: string): Promise<DeliveryView[]> =>
  (await analyst.get<DeliveryView[]>(`/v1/notices/${id}/deliveries`)).body;

describe('the feed as a contact point', () => {
  it('is no receipt by itself: neither being there nor being read changes anything', async () => {
    const { id } = await send();
    await digestOf(id);
    await reader.get(`/v1/notices/${id}`);
    const [feed] = await eventually(
      () => deliveriesOf(id),
      ([first]) => first?.state === 'told',
    );
    expect(feed).toMatchObject({ channel: 'feed', receiptAt: null, attempts: [{ outcome: 'told' }] });
    expect(await notice(analyst, id)).toMatchObject({ state: 'sent' });
  });

  it('is receipt when the platform’s own key names the digest that it read there, once', async () => {
    const { id } = await send();
    const digest = await digestOf(id);
    const at = world.clock.now().toISOString();
    const confirmed = await reader.post<{ receiptAt: string }>(`/v1/notices/${id}/feed-receipt`, { digest });
    expect(confirmed).toMatchObject({ status: 200, body: { noticeId: id, receiptAt: at } });
    expect(await notice(analyst, id)).toMatchObject({ state: 'received', receiptChannel: 'feed', receivedAt: at });
    world.clock.advance(5_000);
    const again = await reader.post<{ receiptAt: string }>(`/v1/notices/${id}/feed-receipt`, { digest });
    expect(again.body.receiptAt).toBe(at);
    expect((await deliveriesOf(id))[0]).toMatchObject({ channel: 'feed', state: 'delivered', proof: 'feed' });
  });

  it('is refused with another digest, to those who have not declared it, and to strangers', async () => {
    const { id } = await send();
    const wrong = await reader.post(`/v1/notices/${id}/feed-receipt`, { digest: '0'.repeat(64) });
    expect(wrong).toMatchObject({ status: 409, body: { code: 'receipt.digest-mismatch' } });
    const digest = await digestOf(id);
    const other = await world.organisation('platform', 'undeclared', { hosts: ['undeclared.example'], inbox: false });
    const stranger = await world.person(other, ['moderator']);
    expect((await stranger.post(`/v1/notices/${id}/feed-receipt`, { digest })).status).toBe(404);
    expect(await notice(analyst, id)).toMatchObject({ state: 'sent' });
  });
});

describe('an inbox that nobody declared', () => {
  it('shows the notice and proves no receipt; to acknowledge it is one', async () => {
    const { id } = await send();
    const [, inbox] = await eventually(
      async () => {
        await hurry(world);
        return deliveriesOf(id);
      },
      (all) => all.length === 2 && all.every(({ state }) => state === 'told'),
    );
    expect(inbox).toMatchObject({ channel: 'inbox', proof: null });
    expect((await reader.get(`/v1/notices/${id}`)).status).toBe(200);
    const taken = await reader.post(`/v1/notices/${id}/acknowledge`);
    expect(taken.body).toMatchObject({ state: 'acknowledged', receiptChannel: 'answer' });
  });
});
