import { minutes, type Person, type World } from '../support/app';
import type { MailSink } from '../support/mail';
import { startMailWorld } from '../support/mail-world';
import { mailed as mail, type Mailed } from '../support/mailed';
import { notice } from '../support/referral';
import { fieldsOf, getPage, openNotice, postForm, textOf } from '../support/reply';

let world: World;
let sink: MailSink;
let close: (() => Promise<void>) | undefined;
let analyst: Person;

beforeAll(async () => {
  ({ world, sink, close } = await startMailWorld());
  ({ analyst } = await world.cast());
});
afterAll(() => close?.());

const mailed = (options?: { posts?: number; language?: string }): Promise<Mailed> =>
  mail({ world, sink, analyst }, options);

const rows = async (table: string): Promise<number> =>
  Number((await world.sql.query<{ n: string }>(`select count(*) as n from ${table}`)).rows[0]?.n);

describe('a link in a mail', () => {
  it('shows a code and a button and nothing of the notice; following it, however often, changes nothing', async () => {
    const { id, link } = await mailed();
    const before = [await rows('ledger_entry'), await rows('reply_use'), (await notice(analyst, id)).version];
    for (let i = 0; i < 3; i += 1) {
      const { status, html } = await getPage(world, link.path);
      expect(status).toBe(200);
      expect(textOf(html)).toContain(link.code);
      expect(html).not.toMatch(/posts|Unit A|Terms, section 4/);
    }
    expect([await rows('ledger_entry'), await rows('reply_use'), (await notice(analyst, id)).version]).toEqual(before);
  });

  it('runs nothing, loads nothing, is kept nowhere and sends no referrer', async () => {
    const { link } = await mailed();
    for (const { html, headers } of [await getPage(world, link.path), await openNotice(world, link)]) {
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none';style-src 'sha256-[\w+/=]+';form-action 'self';base-uri 'none';frame-ancestors 'none'$/,
      );
      expect(headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
      expect(headers['set-cookie']).toBeUndefined();
      expect(html).not.toMatch(/<script|<img|<link|<iframe|\son\w+=|src=/);
    }
  });

  it('leads to who, by which mandate, which and what, addresses defanged and never as links; a referral shows no time limit', async () => {
    const { link, id } = await mailed();
    const { reference } = await notice(analyst, id);
    const { html } = await openNotice(world, link);
    const text = textOf(html);
    for (const said of ['Unit A', reference, 'voluntary consideration', 'hxxps://small-', '[.]example', link.code]) {
      expect(text).toContain(said);
    }
    expect(html).not.toMatch(/href="[^"]*example/);
    expect(text).not.toMatch(/minutes|hour|carried out by|Article|Art\. |2021\/784|[Pp]enalt|deadline/);
    expect(text).toMatch(/not terrorist content/);
  });

  it('takes each of its actions once: what is answered after an acknowledgement on the same page is recorded, too', async () => {
    const { id, link } = await mailed();
    const { html } = await openNotice(world, link);
    expect((await postForm(world, '/reply/acknowledge', fieldsOf(html, '/reply/acknowledge'))).status).toBe(200);
    const fields = { ...fieldsOf(html, '/reply/answer'), choice0: 'not_found' };
    for (let sent = 0; sent < 2; sent += 1) {
      expect((await postForm(world, '/reply/answer', fields)).status).toBe(200);
    }
    const { items } = await notice(analyst, id);
    expect(items[0]?.answer).toMatchObject({ outcome: 'not_found', revision: 1 });
  });

  it('records an answer of somebody without an account, with proof to keep; the sender sees it, and that a person acted', async () => {
    const { id, link, items } = await mailed();
    world.clock.advance(minutes(3));
    const page = await openNotice(world, link);
    const fields = { ...fieldsOf(page.html, '/reply/answer'), choice0: 'removed', authorisedPerson: 'Trust desk' };
    const done = await postForm(world, '/reply/answer', fields);
    expect(done.status).toBe(200);
    const got = await notice(analyst, id);
    expect(got).toMatchObject({
      state: 'answered',
      machineAckAt: got.receivedAt,
      humanAckAt: world.clock.now().toISOString(),
      items: [
        { itemId: items[0]?.itemId, answer: { outcome: 'removed', late: 'in_time', authorisedPerson: 'Trust desk' } },
      ],
    });
    const { rows: entries } = await world.sql.query<{ id: string; digest: string; bytes: Buffer }>(
      `select id, encode(leaf_hash, 'hex') as digest, bytes from ledger_entry where notice_id = $1 and kind = 'notice.answered'`,
      [id],
    );
    expect(JSON.parse(entries[0]!.bytes.toString())).toMatchObject({ via: 'reply-link', person: null });
    expect(textOf(done.html)).toContain(entries[0]!.id);
    expect(textOf(done.html)).toContain(entries[0]!.digest);
    expect(done.html).not.toContain('href="/reply');
    expect(textOf(done.html)).toMatch(/hxxps:\S+ Recorded: \S+ \S+ UTC removed/);
    expect(textOf(done.html)).not.toMatch(/hour|minutes|deadline/);
  });

  it('answers everything at once that has no choice of its own, declines with a reason, and hides for now', async () => {
    const { id, link } = await mailed({ posts: 4 });
    const page = await openNotice(world, link);
    const fields = {
      ...fieldsOf(page.html, '/reply/answer'),
      choice0: 'declined:journalistic',
      choice2: 'hidden',
      choiceAll: 'disabled',
    };
    expect((await postForm(world, '/reply/answer', fields)).status).toBe(200);
    const { items } = await notice(analyst, id);
    expect(items.map(({ answer }) => [answer?.outcome, answer?.reason, answer?.territory])).toEqual([
      ['declined', 'journalistic', null],
      ['disabled', null, 'worldwide'],
      ['hidden', null, null],
      ['disabled', null, 'worldwide'],
    ]);
  });

  it('acknowledges once; the second time says that it had been', async () => {
    const { id, link } = await mailed();
    const page = await openNotice(world, link);
    const other = await openNotice(world, link);
    expect((await postForm(world, '/reply/acknowledge', fieldsOf(page.html, '/reply/acknowledge'))).status).toBe(200);
    expect((await notice(analyst, id)).state).toBe('acknowledged');
    const again = await postForm(world, '/reply/acknowledge', fieldsOf(other.html, '/reply/acknowledge'));
    expect([again.status, textOf(again.html)]).toEqual([409, expect.stringContaining('had been acknowledged already')]);
  });

  it('takes an obstacle and its end', async () => {
    const { id, link } = await mailed();
    const page = await openNotice(world, link);
    const explanation = 'The storage is being restored from tape.';
    const raised = await postForm(world, '/reply/impossible', {
      ...fieldsOf(page.html, '/reply/impossible'),
      explanation,
    });
    expect(raised.status).toBe(200);
    expect((await notice(analyst, id)).obstacles).toMatchObject([{ kind: 'impossible', explanation, endedAt: null }]);
    const now = await openNotice(world, link);
    expect(textOf(now.html)).toContain(explanation);
    expect(now.html).not.toContain('/reply/clarification');
    world.clock.advance(minutes(2));
    await postForm(world, '/reply/possible-again', fieldsOf(now.html, '/reply/possible-again'));
    expect((await notice(analyst, id)).clock).toMatchObject({ state: 'running', run: 2 });
  });

  it('asks for clarification', async () => {
    const { id, link } = await mailed();
    const fields = fieldsOf((await openNotice(world, link)).html, '/reply/clarification');
    const typed = { ground: 'manifest_errors', explanation: 'The address has no path.', needed: 'The whole address' };
    expect((await postForm(world, '/reply/clarification', { ...fields, ...typed })).status).toBe(200);
    expect((await notice(analyst, id)).obstacles).toMatchObject([{ kind: 'clarification', ...typed }]);
  });

  it('takes the report of an imminent threat to life, and only one that can be passed on', async () => {
    const { platform, link } = await mailed();
    const typed = { contentRef: 'Message 17', whyImminent: 'It names a place and a time this evening.' };
    const fields = { ...fieldsOf((await openNotice(world, link)).html, '/reply/life-threat'), ...typed };
    const half = await postForm(world, '/reply/life-threat', { ...fields, states: 'FR' });
    expect([half.status, textOf(half.html)]).toEqual([409, expect.stringContaining('Name Member States together')]);
    expect(half.html).toContain(typed.whyImminent);
    const done = await postForm(world, '/reply/life-threat', { ...fields, states: 'fr, de', basis: 'target_location' });
    expect(done.status).toBe(200);
    const { rows: reports } = await world.sql.query('select * from life_threat where organisation_id = $1', [
      platform.id,
    ]);
    expect(reports).toMatchObject([{ content_ref: 'Message 17', ms_concerned: ['FR', 'DE'], reported_by: null }]);
  });

  it('speaks the language of the contact point, and another when asked', async () => {
    const { link } = await mailed({ language: 'de' });
    const page = await openNotice(world, link);
    expect(page.html).toContain('<html lang="de">');
    expect(textOf(page.html)).toContain('Zur freiwilligen Prüfung');
    const french = await postForm(world, '/reply', { token: link.token, lang: 'fr' });
    expect(french.html).toContain('<html lang="fr">');
  });
});
