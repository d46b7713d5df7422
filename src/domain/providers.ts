import { officialLanguagesOf } from './union';

/**
 * What a provider offers. Only `hosting` is in scope of the Regulation: recital 13 leaves out mere conduit, caching, registries
 * and registrars, DNS, payment and DDoS protection; recital 14 private messaging, groups in which a person decides who is let
 * in, and infrastructure that does not act at the content provider's direct request. Those can be sent a voluntary notice.
 */
export const PROVIDER_SERVICES = [
  'hosting',
  'mere_conduit',
  'caching',
  'registry',
  'registrar',
  'dns',
  'payment',
  'ddos_protection',
  'messaging',
  'closed_group',
  'infrastructure',
] as const;
export type ProviderService = (typeof PROVIDER_SERVICES)[number];

export const CONTACT_KINDS = ['email', 'telephone', 'web_form', 'postal'] as const;
export type ContactKind = (typeof CONTACT_KINDS)[number];

/** Where it is known from. The last three are found by the service and never used before a person has confirmed them. */
export const CONTACT_SOURCES = ['platform', 'operator', 'authority', 'rdap', 'security_txt', 'legal_page'] as const;
export type ContactSource = (typeof CONTACT_SOURCES)[number];

export const PROPOSAL_STATES = ['open', 'accepted', 'rejected'] as const;
export type ProposalState = (typeof PROPOSAL_STATES)[number];

/** `proven`: the token was found on the host. `confirmed`: a person of the operator agreed. `accepted`: the first admin is in. */
export const CLAIM_STATES = ['asked', 'proven', 'confirmed', 'accepted', 'refused'] as const;
export type ClaimState = (typeof CLAIM_STATES)[number];

export const DEFAULT_REFERRAL_TARGET_MINUTES = 60;

/** Whether a removal order can be addressed to this provider (TCO Art. 1(2), rec. 13 and 14). */
export const isInTcoScope = (entry: { readonly serviceKind: ProviderService }): boolean =>
  entry.serviceKind === 'hosting';

interface Tag {
  readonly language: string;
  readonly script: string | null;
}

const tagOf = (text: string): Tag => {
  const [language = '', ...rest] = text.toLowerCase().split('-');
  return { language, script: rest.find((part) => /^[a-z]{4}$/.test(part)) ?? null };
};

/** The same language, and not two different scripts: who reads `sr-Latn` may not read `sr-Cyrl`. Regions do not matter. */
function understands(declared: string, asked: string): boolean {
  const [a, b] = [tagOf(declared), tagOf(asked)];
  return a.language === b.language && (a.script === null || b.script === null || a.script === b.script);
}

/**
 * Whether an order may be written in `language` (BCP 47) to this contact point: one that it has declared, or an official language
 * of its home State, which must be among them by law (TCO Art. 15(2)). Where neither is known, any: a provider that names no
 * language cannot refuse one.
 */
export function acceptsLanguage(
  entry: { readonly languages: readonly string[]; readonly homeCountry: string | null },
  language: string,
): boolean {
  const accepted = [...entry.languages, ...officialLanguagesOf(entry.homeCountry)];
  return accepted.length === 0 || accepted.some((each) => understands(each, language));
}

/**
 * What decides whether a provider can be ordered, whose authority scrutinises and in which language it is written to. What a
 * provider says of these is a statement until a second party has confirmed it: nobody is judge of being addressed.
 */
export const ADDRESSEE_FACTS = ['homeCountry', 'languages', 'serviceKind', 'scopeReasons'] as const;
export type AddresseeFact = (typeof ADDRESSEE_FACTS)[number];

export interface AddresseeFacts {
  readonly homeCountry?: string;
  readonly languages?: readonly string[];
  readonly serviceKind?: ProviderService;
  readonly scopeReasons?: string;
}

const valuesOf = (fact: unknown): readonly unknown[] => (Array.isArray(fact) ? fact : [fact]);

/** Languages are the same in whatever order. */
const isSame = (one: unknown, other: unknown): boolean =>
  valuesOf(one).length === valuesOf(other).length && valuesOf(one).every((value) => valuesOf(other).includes(value));

/**
 * What of `said`, and of what was `stated` before, differs from what is confirmed: said again as it is confirmed, a fact is stated no
 * longer.
 */
export function statementOf(
  confirmed: { readonly [fact in AddresseeFact]: unknown },
  stated: AddresseeFacts,
  said: AddresseeFacts,
): AddresseeFacts {
  const all = { ...stated, ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) };
  const facts = ADDRESSEE_FACTS.filter((fact) => (all[fact] ?? null) !== null && !isSame(all[fact], confirmed[fact]));
  return Object.fromEntries(facts.map((fact) => [fact, all[fact]]));
}

/** What a page about a provider should point out: duties of the Regulation for which nothing is recorded. */
export const PROVIDER_GAPS = [
  'home_country',
  'languages',
  'language_of_home',
  'contact_point',
  'terms_clause',
] as const;
export type ProviderGap = (typeof PROVIDER_GAPS)[number];

export interface ProviderFacts {
  readonly serviceKind: ProviderService;
  readonly homeCountry: string | null;
  readonly languages: readonly string[];
  readonly contacts: readonly unknown[];
  readonly termsClause: unknown;
}

/** Nothing is missing from a provider that is out of scope. */
export function gapsOf(entry: ProviderFacts): ProviderGap[] {
  if (!isInTcoScope(entry)) return [];
  const official = officialLanguagesOf(entry.homeCountry);
  const reachable = official.some((own) => entry.languages.some((declared) => understands(declared, own)));
  const missing: Readonly<Record<ProviderGap, boolean>> = {
    home_country: entry.homeCountry === null,
    languages: entry.languages.length === 0,
    // Art. 15(2): at least one official language of the State of the main establishment.
    language_of_home: entry.languages.length > 0 && official.length > 0 && !reachable,
    contact_point: entry.contacts.length === 0,
    // Art. 5(1): the terms say how the service deals with terrorist content.
    terms_clause: entry.termsClause === null,
  };
  return PROVIDER_GAPS.filter((gap) => missing[gap]);
}

const EMAIL =
  /^[a-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/i;
const TELEPHONE = /^\+[1-9][0-9 ()./-]{4,30}$/;

const IS: Readonly<Record<ContactKind, (value: string) => boolean>> = {
  email: (value) => EMAIL.test(value),
  telephone: (value) => TELEPHONE.test(value),
  web_form: (value) => value.length <= 2000 && /^https:\/\/[^\s@/]+(\/|\?|$)/.test(value) && URL.canParse(value),
  postal: (value) => value.length <= 1000 && /\S\s+\S/.test(value),
};

/** Whether the text can be a contact of that kind; that somebody answers there is for a person to find out. */
export const isContact = (kind: ContactKind, value: string): boolean => IS[kind](value);
