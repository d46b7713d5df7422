import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { minutes, startWorld, type World } from '../support/app';
import { openConsole, RunningClock, type OpenConsole } from '../support/console';
import { assess, EXCLUSIONS, orderCast, sendOrder, type OrderCast } from '../support/orders';
import { done } from '../support/redress';
import { eventually, notice, refer } from '../support/referral';
import { openForm } from '../support/sdk-forms';

const SHOTS = join(__dirname, '..', '..', 'test-results', 'screens');

describe('a removal order in the console: composed, signed by two people, carried out, annulled, put back', () => {
  let world: World;
  let cast: OrderCast;
  let address: string;
  let analyst: Page;
  let supervisor: Page;
  let platform: Page;
  let id: string;
  const opened: OpenConsole[] = [];

  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    world = await startWorld({ clock: new RunningClock() });
    cast = await orderCast(world);
    address = await world.listen();
    opened.push(
      await openConsole(address, cast.analyst, { place: '/refer' }),
      await openConsole(address, cast.supervisor, { locale: 'fr-FR', width: 360, place: '/board' }),
      await openConsole(address, cast.moderator, { width: 360, place: '/inbox' }),
    );
    [analyst, supervisor, platform] = opened.map(({ page }) => page) as [Page, Page, Page];
  }, 90_000);
  afterAll(async () => {
    for (const { chromium } of opened) await chromium.close();
    await world?.close();
  });

  const shot = (page: Page, name: string): Promise<Buffer> =>
    page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });

  async function fits(page: Page): Promise<void> {
    expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false);
    const nameless = await page.evaluate(
      () =>
        [...document.querySelectorAll('button, a, input, select, textarea')].filter(
          (element) =>
            ((element as HTMLInputElement).labels?.length ?? 0) === 0 &&
            !element.getAttribute('aria-label') &&
            element.textContent.trim() === '',
        ).length,
    );
    expect(nameless).toBe(0);
  }

  it('rests on an assessment, which the browser does not let go half written', async () => {
    await analyst.getByLabel('Addresses, text or CSV').fill(`https://${cast.platform.slug}.example/posts/composed`);
    await analyst.getByLabel('What it is').selectOption('incitement');
    await analyst.getByLabel('Ideology').selectOption('other');
    await analyst.getByRole('button', { name: 'Check' }).click();
    await analyst.getByRole('link', { name: 'Compose a removal order instead' }).click();
    await analyst.getByRole('heading', { name: /^Removal order from case/ }).waitFor();
    await analyst.getByRole('button', { name: 'Record the assessment' }).click();
    expect(await analyst.getByRole('heading', { name: 'Assessment' }).count()).toBe(0);
    await analyst.getByLabel('(a) attack on a life').check();
    await analyst
      .getByLabel('Reasons (the platform reads this)')
      .fill('The text calls for attacks on passers-by and praises earlier ones by name of place.');
    await analyst.getByLabel('Nature and wording').fill('Direct calls');
    await analyst.getByLabel('Context in which').fill('A series of posts');
    await analyst.getByLabel('Potential to lead').fill('Widely read');
    for (let i = 0; i < EXCLUSIONS.length; i += 1) {
      await analyst
        .getByLabel('Finding')
        .nth(i)
        .selectOption(i === 1 ? 'unclear' : 'does_not_apply');
      await analyst
        .getByLabel(/^Why *\*$/)
        .nth(i)
        .fill('Nothing speaks for it');
    }
    await analyst.getByLabel('Who can see it').selectOption('open');
    await analyst.getByLabel('By what that was seen').fill('Read without an account');
    await shot(analyst, 'order-assessment');
    await analyst.getByRole('button', { name: 'Record the assessment' }).click();
    await analyst.getByRole('heading', { name: 'Assessment' }).waitFor();
    await fits(analyst);
  });

  it('waits for a second reviewer and a lawyer where an exclusion is unclear, neither of them the assessor', async () => {
    await analyst.getByText('Not yet: a lawyer has to sign the assessment off.').waitFor();
    expect(await analyst.getByRole('button', { name: 'Save the draft' }).count()).toBe(0);
    expect(await analyst.getByRole('button', { name: 'Sign off as second reviewer' }).count()).toBe(0);
    await supervisor.goto(analyst.url());
    await supervisor.getByLabel('Ce que vous avez constaté').fill('Aucune rédaction n’en répond.');
    await fits(supervisor);
    await shot(supervisor, 'order-sign-off-360');
    await supervisor.getByRole('button', { name: 'Valider comme deuxième examinateur' }).click();
    await supervisor.getByText('Pas encore : une deuxième personne').waitFor({ state: 'detached' });
    expect(await supervisor.getByRole('button', { name: 'Valider comme juriste' }).count()).toBe(0);
    const lawyer = await world.person(cast.unit, ['supervisor']);
    const [, caseId] = /cases\/([\w-]+)\/order/.exec(analyst.url()) ?? [];
    const [assessment] = await done(lawyer.get<readonly { readonly id: string }[]>(`/v1/cases/${caseId}/assessments`));
    await done(
      lawyer.post(`/v1/assessments/${assessment?.id}/sign-off`, { part: 'legal', reasons: 'No editorial office' }),
    );
    await analyst.reload();
    await supervisor.goto(`${address}/#/board`);
  });

  it('is written as Annex I asks, in a language that the platform reads, and saved as a draft', async () => {
    await analyst.getByRole('button', { name: 'Save the draft' }).waitFor();
    expect(await analyst.getByLabel('Language of the order').locator('option').allTextContents()).toEqual([
      'Choose …',
      'English',
      // An official language of its home State is one that every provider accepts (Art. 15(2)).
      'Irish',
    ]);
    await analyst.getByLabel('Legal basis').fill('Regulation (EU) 2021/784, Art. 3(1)');
    await analyst.getByLabel('Emergency: twelve hours').check();
    await analyst.getByLabel('Why it is one').fill('It shows an attack that is going on while this is written.');
    await analyst.getByLabel('Kind of authority').selectOption('LAW_ENFORCEMENT');
    for (const [label, text] of [
      ['Representative (a role', 'Duty officer'],
      ['Post held', 'Commissaire'],
      ['File number', 'F-17'],
      ['Postal address', '1 Quai de l’Exemple, Paris'],
      ['Telephone', '+33 1 00 00 00 00'],
      ['E-mail for questions', 'orders@authority.example'],
      ['Before which body', 'Tribunal administratif de l’Exemple'],
      ['Within', '2'],
      ['Counted from', 'receipt of the order'],
      ['Address of the law', 'https://law.example/redress'],
    ] as const)
      await analyst.getByLabel(label).fill(text);
    await analyst.getByLabel('Days or months').selectOption('months');
    await shot(analyst, 'order-form');
    await analyst.setViewportSize({ width: 360, height: 740 });
    await fits(analyst);
    await shot(analyst, 'order-form-360');
    await analyst.setViewportSize({ width: 1200, height: 800 });
    await analyst.getByRole('button', { name: 'Save the draft' }).click();
    await analyst.getByRole('heading', { name: 'Signature' }).waitFor();
    expect(await analyst.getByRole('button', { name: 'Send now' }).count()).toBe(0);
    id = analyst.url().split('/').at(-1) ?? '';
  });

  it('shows both people what will be signed, before anything is', async () => {
    const [file] = await Promise.all([
      analyst.waitForEvent('download'),
      analyst.getByRole('link', { name: 'Annex I as it will be signed' }).click(),
    ]);
    const { form, jws } = openForm(readFileSync(await file.path()));
    expect({ form: form.form, jws }).toEqual({ form: 'annex-i', jws: null });
    expect(JSON.stringify(form)).toContain('/posts/composed');
    await analyst.getByLabel('Why it is ready').fill('Assessed and complete');
    await analyst.getByRole('button', { name: 'Ask for the signature' }).click();
    await analyst.getByText('Asked. A second person has to agree.').waitFor();
    await shot(analyst, 'order-asked');
  });

  it('is signed by a second person on a telephone, and only then sent by the first', async () => {
    await supervisor.getByRole('heading', { name: 'Pas encore envoyés' }).waitFor();
    await supervisor.getByRole('link', { name: /Injonction/ }).click();
    await supervisor.getByText('Demandé par un collègue : Assessed and complete').waitFor();
    await fits(supervisor);
    await shot(supervisor, 'order-signing-360');
    await supervisor.getByRole('button', { name: 'Signer cette injonction' }).click();
    await supervisor.getByRole('link', { name: /^Annexe I, signée/ }).waitFor();
    await analyst.getByRole('button', { name: 'Send now' }).click();
    await platform.getByText('1 item open').waitFor();
    await platform.keyboard.press('j');
    await platform.keyboard.press('Enter');
    await platform.getByText('Art. 3(1)').waitFor();
    await platform.keyboard.press('r');
    await platform.keyboard.press('s');
    await eventually(
      () => notice(cast.analyst, id),
      ({ state }) => state === 'answered',
    );
  });

  it('asks the platform to put back when it is annulled, which answers item by item', async () => {
    await analyst.getByRole('button', { name: 'Annul' }).click();
    await analyst.getByLabel('Why it is annulled').fill('The address names an article of a newspaper.');
    await analyst.getByRole('button', { name: 'Ask a second person' }).click();
    await analyst.getByText('Asked. A second person has to agree.').waitFor();
    await supervisor.getByRole('button', { name: 'Annuler', exact: true }).click();
    await supervisor.getByText('Demandé par un collègue : The address names').waitFor();
    await supervisor.getByRole('button', { name: 'Annuler cette injonction' }).click();
    await platform.getByRole('heading', { name: 'You are asked to put back' }).waitFor();
    await fits(platform);
    await shot(platform, 'put-back-360');
    await platform.getByLabel('What you did').selectOption('kept_under_terms');
    expect(await platform.getByRole('button', { name: 'Tell the sender' }).isDisabled()).toBe(true);
    await platform.getByLabel('What you did').selectOption('reinstated');
    await platform.getByRole('button', { name: 'Tell the sender' }).click();
    await platform.getByText(/asked to put it back.*: put back/).waitFor();
    await shot(platform, 'put-back-done-360');
    await analyst.getByText(/asked to put it back.*: put back/).waitFor();
    expect((await notice(cast.analyst, id)).items[0]?.reinstatement).toMatchObject({ outcome: 'reinstated' });
  });

  it('has no empty cell among its deliveries: a channel that was never tried says so', async () => {
    await world.sql.query(
      `insert into delivery (id, notice_id, sender_id, recipient_id, event, channel, position, state, created_at, ended_at)
       select gen_random_uuid(), n.id, n.sender_id, n.recipient_id, 'notice.sent', 'mail', 50, 'cancelled', now(), now() from notice n where n.id = $1`,
      [id],
    );
    await analyst.reload();
    await analyst.getByText('cancelled').waitFor();
    const cells = await analyst.locator('td[data-label]').allTextContents();
    expect(cells).toContain('none');
    expect(cells.filter((text) => text.trim() === '')).toEqual([]);
  });

  it('carries on a referral, and knows who issues and how it is challenged from the order before', async () => {
    const referral = await refer(cast.analyst, [`https://${cast.platform.slug}.example/posts/referred`]);
    const { caseId } = await notice(cast.analyst, referral.id);
    await assess(cast.analyst, caseId ?? '');
    await analyst.goto(`${address}/#/notices/${referral.id}`);
    await analyst.getByRole('link', { name: 'Carry on as a removal order' }).click();
    await analyst.getByLabel('File number').fill('F-18');
    expect(await analyst.getByLabel('Postal address').inputValue()).toBe('1 Quai de l’Exemple, Paris');
    expect(await analyst.getByLabel('Within').inputValue()).toBe('2');
    await analyst.getByRole('button', { name: 'Save the draft' }).click();
    await analyst.getByRole('heading', { name: 'Signature' }).waitFor();
    const carried = await notice(cast.analyst, analyst.url().split('/').at(-1) ?? '');
    expect(carried).toMatchObject({ kind: 'removal_order', escalatedFrom: referral.id, state: 'draft' });
  });

  it('that nothing was done about within its hour is called not complied with by a person, with reasons', async () => {
    const late = await sendOrder(cast);
    await eventually(
      () => notice(cast.analyst, late.id),
      ({ state }) => state === 'received',
    );
    await supervisor.goto(`${address}/#/notices/${late.id}`);
    await supervisor.getByRole('heading', { name: /Injonction/ }).waitFor();
    expect(await supervisor.getByRole('button', { name: 'Consigner le non-respect' }).count()).toBe(0);
    world.clock.advance(minutes(61));
    await supervisor.getByLabel('Motifs (lus par la plateforme)').fill('Aucune mesure dans l’heure.');
    await fits(supervisor);
    await shot(supervisor, 'non-compliance-360');
    await supervisor.getByRole('button', { name: 'Consigner le non-respect' }).click();
    await supervisor.getByText('Le non-respect a été consigné').waitFor();
    expect((await notice(cast.moderator, late.id)).nonComplianceAt).not.toBeNull();
  });
});
