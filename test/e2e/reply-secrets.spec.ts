import { log } from '../../src/infra/log';
import { minutes, type Person, type World } from '../support/app';
import type { MailSink } from '../support/mail';
import { startMailWorld } from '../support/mail-world';
import { mailed as mail, type Mailed } from '../support/mailed';
import { eventually, notice } from '../support/referral';
import { fieldsOf, getPage, mailedLink, openNotice, postForm, textOf, type MailedLink } from '../support/reply';

const DAY = minutes(24 * 60);

let world: World;
let sink: MailSink;
let close: (() => Promise<void>) | undefined;
let analyst: Person;

beforeAll(async () => {
  ({ world, sink, close } = await startMailWorld());
  ({ analyst } = await world.cast());
});
afterAll(() => close?.());

const mailed = (options?: { posts?: number }): Promise<Mailed> => mail({ world, sink, analyst }, options);
const FORGED: MailedLink = { token: 'A'.repeat(43), path: `/reply/${'A'.repeat(43)}`, code: '' };

/** Everything that a link could be tried for. */
async function everythingOf({ token, path }: MailedLink): Promise<string[]> {
  const posts = ['', '/acknowledge', '/answer', '/impossible'].map((way) => postForm(world, `/reply${way}`, { token }));
  const answers = [await getPage(world, path), ...(await Promise.all(posts))];
  return answers.map(({ status, html }) => `${status} ${html}`);
}

describe('a link that does not open', () => {
  it('is answered the same, byte for byte, whether it was forged, has expired, was revoked or its notice was withdrawn', async () => {
    const [withdrawn, revoked, removed] = [await mailed(), await mailed(), await mailed()];
    await analyst.post(`/v1/notices/${withdrawn.id}/withdraw`, { reason: 'Sent by mistake' });
    const closed = await revoked.admin.post(`/v1/notices/${revoked.id}/reply-links/revoke`);
    expect(closed).toMatchObject({ status: 200, body: { revoked: 1 } });
    const { body: contacts } = await removed.admin.get<{ id: string }[]>('/v1/contact-points');
    await removed.admin.post(`/v1/contact-points/${contacts[0]?.id}/remove`);
    const expected = await everythingOf(FORGED);
    expect(expected[0]).toMatch(/^404 .*does not open anything/s);
    for (const { link } of [withdrawn, revoked, removed]) expect(await everythingOf(link)).toEqual(expected);
    const expired = await mailed();
    world.clock.advance(7 * DAY - 1);
    expect((await getPage(world, expired.link.path)).status).toBe(200);
    world.clock.advance(1);
    expect(await everythingOf(expired.link)).toEqual(expected);
    expect((await notice(analyst, expired.id)).state).toBe('received');
  });

  it('tells nothing of another notice: a link answers the items of its own alone', async () => {
    const [mine, theirs] = [await mailed(), await mailed()];
    const page = await openNotice(world, mine.link);
    const fields = { ...fieldsOf(page.html, '/reply/answer'), item0: theirs.items[0]!.itemId, choice0: 'removed' };
    expect((await postForm(world, '/reply/answer', fields)).status).toBe(409);
    expect((await notice(analyst, theirs.id)).items[0]?.answer).toBeNull();
  });

  it('is revoked by its platform alone', async () => {
    const { id } = await mailed();
    const other = await mailed();
    expect((await other.admin.post(`/v1/notices/${id}/reply-links/revoke`)).status).toBe(404);
  });

  it('is not carried by the mail that tells of a withdrawal', async () => {
    const { id, address } = await mailed();
    await analyst.post(`/v1/notices/${id}/withdraw`, { reason: 'Sent by mistake' });
    const kept = await eventually(
      async () => sink.to(address),
      (all) => all.length === 2,
    );
    expect(kept[1]?.mail.text).toContain('WITHDRAWN');
    expect(kept[1]?.mail.text).not.toContain('/reply/');
  });
});

describe('a form', () => {
  it('is used once: sent twice at the same time it records once, and both are told what', async () => {
    const { id, link } = await mailed();
    const fields = { ...fieldsOf((await openNotice(world, link)).html, '/reply/answer'), choice0: 'hidden' };
    const twice = await Promise.all([1, 2].map(() => postForm(world, '/reply/answer', fields)));
    expect(twice.map(({ status }) => status)).toEqual([200, 200]);
    const { rows } = await world.sql.query<{ id: string }>(
      `select id from ledger_entry where notice_id = $1 and kind = 'notice.answered'`,
      [id],
    );
    expect(rows).toHaveLength(1);
    for (const { html } of twice) expect(textOf(html)).toContain(rows[0]!.id);
    expect(twice.filter(({ html }) => textOf(html).includes('used already'))).toHaveLength(1);
  });

  it('that we did not show, or showed to another, records nothing', async () => {
    const [one, other] = [await mailed(), await mailed()];
    const mine = fieldsOf((await openNotice(world, one.link)).html, '/reply/acknowledge');
    const theirs = fieldsOf((await openNotice(world, other.link)).html, '/reply/acknowledge');
    for (const form of ['', 'x', theirs['form']!]) {
      const { status, html } = await postForm(world, '/reply/acknowledge', { ...mine, form });
      expect([status, textOf(html)]).toEqual([409, expect.stringContaining('too old or was not shown by us')]);
    }
    expect((await notice(analyst, one.id)).state).toBe('received');
  });

  it('of the second of two people tells what the first recorded, and changes nothing', async () => {
    const { id, link } = await mailed();
    const [first, second] = [await openNotice(world, link), await openNotice(world, link)];
    const choose = (html: string, choice0: string): Record<string, string> => ({
      ...fieldsOf(html, '/reply/answer'),
      choice0,
    });
    expect((await postForm(world, '/reply/answer', choose(first.html, 'removed'))).status).toBe(200);
    const late = await postForm(world, '/reply/answer', choose(second.html, 'declined:artistic'));
    expect(late.status).toBe(409);
    expect(textOf(late.html)).toMatch(/Somebody else has answered meanwhile.*Recorded: \S+ \S+ UTC removed/);
    expect((await notice(analyst, id)).items[0]?.answer).toMatchObject({ outcome: 'removed', revision: 1 });
  });

  it('corrects a recorded answer by a page of its own and a confirmation', async () => {
    const { id, link, items } = await mailed({ posts: 2 });
    const page = await openNotice(world, link);
    await postForm(world, '/reply/answer', { ...fieldsOf(page.html, '/reply/answer'), choiceAll: 'hidden' });
    const fix = items[1]!.itemId;
    const fixing = await postForm(world, '/reply', { token: link.token, fix });
    expect(textOf(fixing.html)).toContain('about to replace an answer');
    const fields = { ...fieldsOf(fixing.html, '/reply/answer'), choice0: 'removed' };
    const unsure = await postForm(world, '/reply/answer', fields);
    expect([unsure.status, textOf(unsure.html)]).toEqual([409, expect.stringContaining('Confirm that you replace')]);
    expect((await postForm(world, '/reply/answer', { ...fields, sure: 'yes' })).status).toBe(200);
    const got = (await notice(analyst, id)).items.map(({ answer }) => [answer?.outcome, answer?.revision]);
    expect(got).toEqual([['hidden', 1], ['removed', 2]]); // prettier-ignore
  });

  it('with a time that cannot be true is shown again with what was typed', async () => {
    const { id, link } = await mailed();
    const page = await openNotice(world, link);
    const measure0 = '2031-01-01T00:00';
    const fields = { ...fieldsOf(page.html, '/reply/answer'), choice0: 'removed', measure0 };
    const answer = await postForm(world, '/reply/answer', fields);
    expect(answer.status).toBe(409);
    expect(answer.html).toContain(measure0);
    expect(answer.html).toMatch(/<option value="removed" selected/);
    expect(textOf(answer.html)).toContain('lies in the future');
    expect((await notice(analyst, id)).items[0]?.answer).toBeNull();
  });
});

describe('what is kept of a link', () => {
  it('is the hash of its token alone; and nothing of it is in any log', async () => {
    const written: string[] = [];
    const streamOf = Object.getOwnPropertySymbols(log).find(({ description }) => description === 'pino.stream');
    const stream = Reflect.get(log, streamOf!) as { write: (line: string) => void };
    const spy = jest.spyOn(stream, 'write').mockImplementation((line) => void written.push(line));
    log.level = 'trace';
    try {
      const { link, address } = await mailed();
      const page = await openNotice(world, link);
      await postForm(world, '/reply/acknowledge', fieldsOf(page.html, '/reply/acknowledge'));
      await postForm(world, '/reply/nothing', { token: link.token });
      expect((await mailedLink(sink, address)).token).toBe(link.token);
      const { rows } = await world.sql.query<{ all: string }>(`select reply_link::text as all from reply_link`);
      expect(rows.map(({ all }) => all).join()).not.toContain(link.token);
      expect(written.length).toBeGreaterThan(0);
      expect(written.join('')).not.toMatch(new RegExp(`${link.token}|${link.code}`));
    } finally {
      log.level = 'silent';
      spy.mockRestore();
    }
  });
});
