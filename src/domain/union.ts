/**
 * The Member States of the Union and the languages in which their providers' contact points must be reachable.
 * ISO 3166-1 alpha-2; Greece is `GR` here and `EL` in the Union's own papers.
 */
export const EU_MEMBER_STATES = [
  'AT',
  'BE',
  'BG',
  'CY',
  'CZ',
  'DE',
  'DK',
  'EE',
  'ES',
  'FI',
  'FR',
  'GR',
  'HR',
  'HU',
  'IE',
  'IT',
  'LT',
  'LU',
  'LV',
  'MT',
  'NL',
  'PL',
  'PT',
  'RO',
  'SE',
  'SI',
  'SK',
] as const;
export type MemberState = (typeof EU_MEMBER_STATES)[number];

export const isMemberState = (country: string | null): country is MemberState =>
  (EU_MEMBER_STATES as readonly (string | null)[]).includes(country);

/** The languages of the Union's institutions, Regulation No 1/58 Art. 1. Only these count for TCO Art. 15(2). */
export const UNION_LANGUAGES = [
  'bg',
  'cs',
  'da',
  'de',
  'el',
  'en',
  'es',
  'et',
  'fi',
  'fr',
  'ga',
  'hr',
  'hu',
  'it',
  'lt',
  'lv',
  'mt',
  'nl',
  'pl',
  'pt',
  'ro',
  'sk',
  'sl',
  'sv',
] as const;
export type UnionLanguage = (typeof UNION_LANGUAGES)[number];

/** Luxembourgish and Turkish are official at home and not languages of the institutions, so they are not here. */
const OFFICIAL: Readonly<Record<MemberState, readonly UnionLanguage[]>> = {
  AT: ['de'],
  BE: ['nl', 'fr', 'de'],
  BG: ['bg'],
  CY: ['el'],
  CZ: ['cs'],
  DE: ['de'],
  DK: ['da'],
  EE: ['et'],
  ES: ['es'],
  FI: ['fi', 'sv'],
  FR: ['fr'],
  GR: ['el'],
  HR: ['hr'],
  HU: ['hu'],
  IE: ['ga', 'en'],
  IT: ['it'],
  LT: ['lt'],
  LU: ['fr', 'de'],
  LV: ['lv'],
  MT: ['mt', 'en'],
  NL: ['nl'],
  PL: ['pl'],
  PT: ['pt'],
  RO: ['ro'],
  SE: ['sv'],
  SI: ['sl'],
  SK: ['sk'],
};

/** Of the State, those that are languages of the institutions too; empty for a country that is no Member State. */
export const officialLanguagesOf = (state: string | null): readonly UnionLanguage[] =>
  isMemberState(state) ? OFFICIAL[state] : [];

/** TCO Art. 12(1) in order: (a) removal orders, (b) scrutiny, (c) specific measures, (d) penalties. */
export const AUTHORITY_COMPETENCES = ['order', 'scrutinise', 'supervise_measures', 'penalise'] as const;
export type AuthorityCompetence = (typeof AUTHORITY_COMPETENCES)[number];

export interface RegisteredAuthority {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly competences: readonly AuthorityCompetence[];
}

/** Why an authority cannot order, or null when it can. Whoever is not in the register (null) cannot. */
export function orderRefusalOf(
  authority: RegisteredAuthority | null,
): 'not_registered' | 'not_a_member_state' | 'not_competent' | null {
  if (authority === null) return 'not_registered';
  if (!isMemberState(authority.country)) return 'not_a_member_state';
  return authority.competences.includes('order') ? null : 'not_competent';
}

/** TCO Art. 3(1), 12(1)(a): orders come from a Member State's authority designated for them; everybody else can refer. */
export const mayOrder = (authority: RegisteredAuthority | null): boolean => orderRefusalOf(authority) === null;
