import type { AssessmentView } from '../../src/cases/assessment/assessment.dto';
import { EXCLUSION_GROUNDS } from '../../src/domain/assessment';
import type { NoticeView } from '../../src/notices/notice.view';
import type { CastOrganisation, Person, World } from './app';
import { freshUrl, openCase } from './referral';

export interface OrderCast {
  readonly unit: CastOrganisation;
  readonly home: CastOrganisation;
  readonly platform: CastOrganisation;
  readonly analyst: Person;
  readonly supervisor: Person;
  readonly homeOfficer: Person;
  readonly moderator: Person;
  readonly platformAdmin: Person;
}

let serial = 0;

/** Puts an organisation into the register of authorities, as the operator does. */
export async function register(
  world: World,
  id: string,
  country: string,
  competences: readonly string[],
): Promise<void> {
  serial += 1;
  await world.sql.query(
    `insert into authority_entry (id, organisation_id, name, country, competences, contact_point, telephone, languages, source_url,
       source_date, confirmed_by, confirmed_at, version)
     select gen_random_uuid(), o.id, o.name, $2, $3, 'duty@authority.example', '+33 1 00 00 00 0' || $4, array['en', 'fr'],
       'https://register.example/authorities', '2026-01-01', gen_random_uuid(), now(), 1 from organisation o where o.id = $1`,
    [id, country, competences, serial % 10],
  );
}

/** A French authority that orders, an Irish one that scrutinises, and a platform established in Ireland that reads English. */
export async function orderCast(world: World, { homeCountry = 'IE' } = {}): Promise<OrderCast> {
  serial += 1;
  const unit = await world.organisation('authority', `ordre-${serial}`, {
    name: `Ordre ${serial}`,
    country: 'FR',
    competences: ['refer', 'order', 'penalise'],
  });
  const home = await world.organisation('authority', `home-${serial}`, {
    name: `Home ${serial}`,
    country: 'IE',
    competences: ['refer', 'scrutinise', 'penalise'],
  });
  const host = `quay-${serial}.example`;
  const platform = await world.organisation('platform', `quay-${serial}`, {
    name: `Quay ${serial}`,
    hosts: [host],
    platformSize: 'small',
  });
  await register(world, unit.id, 'FR', ['order', 'penalise']);
  await register(world, home.id, 'IE', ['scrutinise']);
  await world.sql.query(
    `insert into provider_entry (platform_id, home_country, languages, service_kind, changed_at, confirmed_at, confirmed_by)
     values ($1, $2, array['en'], 'hosting', now(), now(), gen_random_uuid())`,
    [platform.id, homeCountry],
  );
  return {
    unit,
    home,
    platform,
    analyst: await world.person(unit, ['analyst']),
    supervisor: await world.person(unit, ['supervisor']),
    homeOfficer: await world.person(home, ['supervisor']),
    moderator: await world.person(platform, ['moderator']),
    platformAdmin: await world.person(platform, ['admin']),
  };
}

export const EXCLUSIONS = EXCLUSION_GROUNDS.map((ground) => ({
  ground,
  finding: 'does_not_apply' as const,
  reasons: 'Considered, and nothing speaks for it',
}));

export const assessment = (more: object = {}): object => ({
  categories: ['incitement'],
  offences: ['a'],
  reasons: 'The text calls for attacks on passers-by and praises earlier ones by name of place.',
  factors: { wording: 'Direct calls', context: 'A series of posts', harmPotential: 'Widely read' },
  exclusions: EXCLUSIONS,
  editorialResponsibility: false,
  dissemination: 'open',
  disseminationEvidence: 'Read without an account',
  ...more,
});

export async function assess(analyst: Person, caseId: string, more: object = {}): Promise<AssessmentView> {
  const { status, body } = await analyst.post<AssessmentView>(`/v1/cases/${caseId}/assessments`, assessment(more));
  if (status !== 201) throw new Error(`not assessed: ${JSON.stringify(body)}`);
  return body;
}

export const order = (caseId: string, assessmentId: string, more: object = {}): object => ({
  caseId,
  assessmentId,
  language: 'en',
  legalBasis: 'Regulation (EU) 2021/784, Art. 3(1)',
  issuer: {
    type: 'LAW_ENFORCEMENT',
    representative: 'Duty officer',
    post: 'Commissaire',
    fileNo: 'F-17',
    address: '1 Quai de l’Exemple, Paris',
    tel: '+33 1 00 00 00 00',
    email: 'orders@authority.example',
  },
  redress: {
    body: 'Tribunal administratif de l’Exemple',
    deadline: { n: 2, unit: 'months', from: 'receipt of the order' },
    lawUrl: 'https://law.example/redress',
  },
  ...more,
});

export const hostOf = ({ platform }: OrderCast): string => `${platform.name.toLowerCase().replace(' ', '-')}.example`;

/** An order about one address, a fresh one on the cast's platform unless told, as a draft. */
export async function draftOrder(
  cast: OrderCast,
  more: object = {},
  address = freshUrl(hostOf(cast)),
): Promise<NoticeView> {
  const { id: caseId } = await openCase(cast.analyst, [address]);
  const { id: assessmentId } = await assess(cast.analyst, caseId);
  const { status, body } = await cast.analyst.post<NoticeView>('/v1/orders', order(caseId, assessmentId, more));
  if (status !== 201) throw new Error(`no order: ${JSON.stringify(body)}`);
  return body;
}

/** Two people sign. */
export async function sign(cast: OrderCast, id: string): Promise<NoticeView> {
  const asked = await cast.analyst.post(`/v1/notices/${id}/sign`, { reason: 'Ready to go' });
  if (asked.status !== 202) throw new Error(`not asked: ${JSON.stringify(asked.body)}`);
  const { status, body } = await cast.supervisor.post<NoticeView>(`/v1/notices/${id}/sign`);
  if (status !== 200) throw new Error(`not signed: ${JSON.stringify(body)}`);
  return body;
}

export const EMERGENCY = {
  isEmergency: true,
  emergencyReasons: 'It shows an attack that is going on while this is written.',
};

/** An emergency order that has been sent. */
export async function sendOrder(cast: OrderCast, more: object = EMERGENCY): Promise<NoticeView> {
  const { id } = await draftOrder(cast, more);
  await sign(cast, id);
  const { status, body } = await cast.analyst.post<NoticeView>(`/v1/notices/${id}/send`);
  if (status !== 200) throw new Error(`not sent: ${JSON.stringify(body)}`);
  return body;
}
