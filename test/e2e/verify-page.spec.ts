import type { CastOrganisation, Person, World } from '../support/app';
import type { MailSink } from '../support/mail';
import { startMailWorld } from '../support/mail-world';
import { mailed } from '../support/mailed';
import { register } from '../support/orders';
import { eventually } from '../support/referral';
import { getPage, postForm, textOf } from '../support/reply';

let world: World;
let sink: MailSink;
let close: (() => Promise<void>) | undefined;
let analyst: Person;
let unit: CastOrganisation;
let host = 1;

beforeAll(async () => {
  ({ world, sink, close } = await startMailWorld());
  ({ analyst, unit } = await world.cast());
});
afterAll(() => close?.());

/** Each from an address of its own, so that no test spends the tries of another. */
const typed = (code: string): ReturnType<typeof postForm> => postForm(world, '/verify', { code }, `10.0.0.${++host}`);

describe('the page on which a mail is checked', () => {
  it('is typed by hand: it asks for a code, without an account, in the language of the browser', async () => {
    const { status, html, headers } = await getPage(world, '/verify', { 'accept-language': 'fr' });
    expect(status).toBe(200);
    expect(html).toContain('<html lang="fr">');
    expect(html).toMatch(/<form method="post" action="\/verify">.*name="code"/s);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    const german = await postForm(world, '/verify', { lang: 'de' }, '10.1.0.1');
    expect(german.html).toContain('<html lang="de">');
  });

  it('says of a body outside the register that it is in none, and gives no number of its own', async () => {
    const { link } = await mailed({ world, sink, analyst });
    const text = textOf((await typed(link.code)).html);
    expect(text).toContain('Unit A');
    expect(text).toContain('no entry in the register of authorities');
    expect(text).not.toMatch(/Telephone|\+\d\d/);
  });

  it('shows authority, mandate, digest of the notice, and the register’s own number with source and date', async () => {
    await register(world, unit.id, 'FR', ['order', 'penalise']);
    const { id, link } = await mailed({ world, sink, analyst });
    const sent = await eventually(
      async () => {
        const { rows } = await world.sql.query<{ digest: string }>(
          `select encode(leaf_hash, 'hex') as digest from ledger_entry where notice_id = $1 and kind = 'notice.sent'`,
          [id],
        );
        return rows[0]?.digest ?? '';
      },
      (digest) => digest !== '',
    );
    const { status, html } = await typed(` ${link.code.toLowerCase().replaceAll('-', ' ')}`);
    expect(status).toBe(200);
    const text = textOf(html);
    for (const said of ['Unit A (FR)', sent, 'https://register.example/authorities, 2026-01-01', '+33 1 00 00 00 0']) {
      expect(text).toContain(said);
    }
    // A referral is voluntary: that the same body may order and penalise is no part of it.
    expect(text).toContain('voluntary consideration');
    expect(text).not.toMatch(/[Pp]enalt|Article|[Oo]rders:/);
    for (const secret of [link.token, 'posts', 'Terms, section 4', 'A. Person', 'tco-'])
      expect(html).not.toContain(secret);
  });

  it('still tells who wrote when the notice was taken back, and says so', async () => {
    const { id, link } = await mailed({ world, sink, analyst });
    await analyst.post(`/v1/notices/${id}/withdraw`, { reason: 'Sent by mistake' });
    expect(textOf((await typed(link.code)).html)).toMatch(/Unit A.*taken back or annulled/);
  });

  it('answers every code that nobody was sent with the same page', async () => {
    const pages = await Promise.all(['', 'x', '0000-0000-0000', 'ABCD-EFGH-JKMN', '<script>'].map(typed));
    expect(new Set(pages.map(({ status, html }) => `${status} ${html}`)).size).toBe(1);
    expect(pages[0]).toMatchObject({ status: 404, html: expect.stringContaining('do not know this code') as string });
  });

  it('takes ten codes a minute from one address', async () => {
    const answers = [];
    for (let i = 0; i < 11; i += 1) answers.push(await postForm(world, '/verify', { code: 'x' }, '10.2.0.1'));
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(10).fill(404), 429]);
    expect(answers.at(-1)?.headers['content-type']).toContain('text/html');
  });
});
