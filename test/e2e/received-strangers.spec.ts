import { minutes, type World } from '../support/app';
import {
  OutsideKey,
  entriesOf,
  findGenuine,
  handIn,
  handInFile,
  outsideOrder,
  receivingCast,
  withContent,
  type ReceivingCast,
} from '../support/received';
import { startQuietWorld } from '../support/referral';

let world: World;
let cast: ReceivingCast;

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await receivingCast(world);
});
afterAll(() => world.close());

describe('what a stranger writes into an order', () => {
  const header = (value: object): string =>
    `${Buffer.from(JSON.stringify(value)).toString('base64url')}..${Buffer.alloc(64, 1).toString('base64url')}`;

  it.each([
    ['markup', '<script>alert(1)</script>'],
    ['an ordering mark', 'name\u202etxt'],
    ['half of a character', '\ud800x'],
    ['nothing', '\u0000'],
  ])('is not repeated as the name of its key: %s', async (_what, kid) => {
    const form = outsideOrder();
    const { status, body } = await handInFile(
      cast.moderator,
      JSON.stringify({ form, jws: header({ alg: 'EdDSA', kid }) }),
    );
    expect(status).toBe(201);
    expect(body).toMatchObject({ state: 'quarantined', kid: null, reasons: ['signature_invalid'] });
    // As JSON writes it.
    expect(JSON.stringify(await entriesOf(world, body.id))).not.toContain(JSON.stringify(kid).slice(1, -1));
  });

  it('is no instant beyond our centuries, and its receipt is recorded all the same', async () => {
    const key = new OutsideKey();
    for (const issuedAt of ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z']) {
      const form = withContent(outsideOrder(), (content) => ({ ...content, a: { ...content.a, issuedAt } }));
      const { status, body } = await handIn(cast.moderator, form, key);
      expect(status).toBe(201);
      expect(body).toMatchObject({ state: 'quarantined', receivedAt: cast.at(0) });
    }
  });

  it('does not keep the content provider uninformed for longer than six weeks from when it came', async () => {
    const key = new OutsideKey();
    const form = withContent(outsideOrder(), (content) => ({
      ...content,
      a: { ...content.a, issuedAt: '2031-03-02T10:00:00Z' },
      c: { ...content.c, nonDisclosure: true },
    }));
    const { body } = await handIn(cast.moderator, form, key);
    const { body: found } = await findGenuine(cast, body.id, key);
    const notice = await cast.noticeOf(found.noticeId);
    const latest = world.clock.now().getTime() + minutes(60 * 24 * 42);
    expect(Date.parse(notice.order?.nonDisclosureUntil ?? '')).toBe(latest);
  });

  it('is read as text alone: addresses that nothing makes a link of, and what turns text around written out', async () => {
    const form = withContent(outsideOrder({ urls: ['https://harbour.example/x'] }), (content) => ({
      ...content,
      b: { ...content.b, reasons: 'See https://evil.example/login \u202Egnp.exe <script>' },
    }));
    const { body } = await handIn(cast.moderator, form);
    const { body: text, headers } = await cast.moderator.get<string>(`/v1/received-orders/${body.id}/text`);
    expect(text).not.toMatch(/https?:\/\//);
    expect(text).toContain('hxxps://evil[.]example/login <U+202E>gnp.exe <script>');
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(headers['content-security-policy']).toBe('sandbox');
  });

  it('keeps no other signature out: which of them is the authority’s is for people to find', async () => {
    const [stranger, right] = [new OutsideKey(), new OutsideKey()];
    const form = outsideOrder();
    const { body } = await handIn(cast.moderator, form, stranger);
    expect((await handIn(cast.moderator, form, right)).body).toMatchObject({ id: body.id, kid: stranger.kid });
    expect((await findGenuine(cast, body.id, new OutsideKey())).body).toMatchObject({ code: 'received-order.key' });
    expect((await findGenuine(cast, body.id, right)).body).toMatchObject({ state: 'genuine', kid: right.kid });
    const next = await handIn(cast.moderator, outsideOrder(), right);
    expect(next.body.state).toBe('recognised');
  });
});
