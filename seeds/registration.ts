import type { Client } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { NewApiKeyView, OrganisationView } from '../src/accounts/accounts.dto';
import { hashPassword } from '../src/accounts/password';
import type { NewWebhookView } from '../src/deliveries/deliveries.dto';
import type { Permission } from '../src/domain/permissions';
import { ADVANCE_INFORMATION } from './order';
import { everybody, OPERATOR, ORGANISATIONS, PEOPLE, type CastOrganisation } from './cast';
import type { DemoReceiver } from './demo-receiver';
import type { Logins } from './logins';
import { Voice, type Stage } from './stage';

const DAY_MS = 86_400_000;

/** The systems of units and platforms, which work in bulk; people work on what follows. */
export interface Systems {
  readonly vigie: Voice;
  readonly lantern: Voice;
  readonly harbour: Voice;
  readonly meadow: Voice;
  readonly kiln: Voice;
}

const UNIT_KEY: readonly Permission[] = ['case.open', 'case.read', 'notice.draft', 'notice.send', 'notice.read'];
const PLATFORM_KEY: readonly Permission[] = ['notice.read', 'notice.acknowledge', 'notice.answer'];

/** What no front door offers, because nobody is there yet to open it. The same function as `clepsydra init` calls. */
export async function makeFirstPerson(owner: Client, logins: Logins): Promise<void> {
  const { email, displayName } = PEOPLE.operator;
  const password = await hashPassword(logins.passwordOf(email));
  const { slug, name } = OPERATOR;
  const values = [uuidv7(), name, slug, uuidv7(), email, displayName, password];
  await owner.query('select first_person($1, $2, $3, $4, $5, $6, $7)', values);
}

const adminOf = ({ slug }: CastOrganisation): (typeof PEOPLE)[keyof typeof PEOPLE] => {
  const found = Object.values(PEOPLE).find(({ memberships: [{ organisation }] }) => organisation === slug);
  if (!found) throw new Error(`the cast has nobody for ${slug}`);
  return found;
};

function register(operator: Voice, logins: Logins, organisation: CastOrganisation): Promise<OrganisationView> {
  const { email, displayName, memberships } = adminOf(organisation);
  const [{ office, roles }] = memberships;
  const admin = { email, displayName, office, roles, password: logins.passwordOf(email) };
  return operator.post('/v1/organisations', { ...organisation, admin });
}

/** Every membership that does not come with the organisation itself. */
async function enrolOthers(logins: Logins, admins: ReadonlyMap<string, Voice>): Promise<void> {
  const present = new Set(ORGANISATIONS.map((organisation) => adminOf(organisation).email));
  const others = everybody().flatMap(({ email, displayName, memberships }) =>
    memberships
      .filter(({ organisation }, index) => organisation !== OPERATOR.slug && (index > 0 || !present.has(email)))
      .map(({ organisation, ...rest }) => ({
        admin: admins.get(organisation),
        person: { email, displayName, ...rest, password: logins.passwordOf(email) },
      })),
  );
  await Promise.all(others.map(async ({ admin, person }) => admin?.post('/v1/people', person)));
}

async function makeKey(stage: Stage, admin: Voice, name: string, permissions: readonly Permission[]): Promise<Voice> {
  const expiresAt = new Date(stage.clock.now().getTime() + 365 * DAY_MS).toISOString();
  const { key } = await admin.post<NewApiKeyView>('/v1/api-keys', { name, permissions, expiresAt });
  return new Voice(stage, key ?? '', admin.organisationId);
}

const idOf = (admitted: readonly OrganisationView[], slug: string): string =>
  admitted.find((organisation) => organisation.slug === slug)?.id ?? '';

/** What the operator copied from the public register of authorities (TCO Art. 12(4)). */
async function enterAuthorities(operator: Voice, admitted: readonly OrganisationView[]): Promise<void> {
  const entries = [
    { slug: 'vigie', name: 'Vigie Referral Unit', country: 'FR', competences: ['order'], telephone: '+33 1 00 00 00 17' },
    { slug: 'tideway', name: 'Tideway Media Authority', country: 'IE', competences: ['scrutinise', 'penalise'], telephone: '+353 1 000 0017' },
  ]; // prettier-ignore
  for (const { slug, ...entry } of entries) {
    await operator.post('/v1/authorities', {
      ...entry,
      organisationId: idOf(admitted, slug),
      contactPoint: `duty@${slug}.example`,
      languages: ['en', 'fr'],
      sourceUrl: 'https://register.example/terrorist-content/authorities',
      sourceDate: '2026-01-05',
    });
  }
}

/** In which Member State each provider is, and in which languages its contact point is addressed (Art. 15(2)). */
async function enterProviders(operator: Voice, admitted: readonly OrganisationView[]): Promise<void> {
  const entries = [
    { slug: 'harbour', homeCountry: 'IE', languages: ['en', 'fr'] },
    { slug: 'meadow', homeCountry: 'DE', languages: ['de', 'en'] },
    { slug: 'kiln', homeCountry: 'PT', languages: ['pt', 'en'] },
  ];
  for (const { slug, ...entry } of entries) await operator.post(`/v1/providers/${idOf(admitted, slug)}`, entry);
}

/** The operator admits everybody; each admits its own people; the large platform names its webhook; systems get keys. */
export async function registerEverybody(stage: Stage, logins: Logins, receiver: DemoReceiver): Promise<Systems> {
  const operator = await stage.signIn(PEOPLE.operator, logins);
  const admitted = await Promise.all(ORGANISATIONS.map((organisation) => register(operator, logins, organisation)));
  await enterAuthorities(operator, admitted);
  await enterProviders(operator, admitted);
  await stage.goTo(new Date(stage.clock.now().getTime() + 600_000));
  const slugs = ['vigie', 'lantern', 'harbour', 'meadow', 'kiln'] as const;
  const busy = ORGANISATIONS.filter(({ slug }) => slugs.some((one) => one === slug));
  const admins = new Map(
    await Promise.all(busy.map(async (one) => [one.slug, await stage.signIn(adminOf(one), logins)] as const)),
  );
  await enrolOthers(logins, admins);
  const key = (slug: (typeof slugs)[number]): Promise<Voice> => {
    const admin = admins.get(slug);
    if (!admin) throw new Error(`${slug} is not registered`);
    const isUnit = slug === 'vigie' || slug === 'lantern';
    return makeKey(stage, admin, isUnit ? 'Case system' : 'Moderation system', isUnit ? UNIT_KEY : PLATFORM_KEY);
  };
  const harbourId = idOf(admitted, 'harbour');
  await admins
    .get('vigie')
    ?.post('/v1/orders/advance-information', { platformId: harbourId, text: ADVANCE_INFORMATION });
  const webhook = await admins.get('harbour')?.post<NewWebhookView>('/v1/webhooks', { url: receiver.url });
  await receiver.keep(webhook?.secret ?? '');
  // An inbox is receipt for those who have declared it as their contact point.
  for (const slug of ['harbour', 'meadow', 'kiln'] as const)
    await admins.get(slug)?.post('/v1/contact-points', { channel: 'inbox', position: 50 });
  const [vigie, lantern, harbour, meadow, kiln] = await Promise.all([key('vigie'), key('lantern'), key('harbour'), key('meadow'), key('kiln')]); // prettier-ignore
  return { vigie, lantern, harbour, meadow, kiln };
}
