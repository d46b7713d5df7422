/**
 * Every closed list of the trade, written once. DTOs, check constraints (compared in a test), OpenAPI and
 * the console follow these arrays; adding a word here is adding it everywhere.
 */

/** What a tenant is. A competence, not a kind, says what an authority may do. */
export const TENANT_KINDS = [
  'authority',
  'platform',
  'investigative_body',
  'oversight',
  'civil_society',
  'operator',
] as const;
/** `external`: the authority of an order that came from outside, as the platform that received it knows it. Nobody is in it. */
export const ORGANISATION_KINDS = [...TENANT_KINDS, 'external'] as const;
export type OrganisationKind = (typeof ORGANISATION_KINDS)[number];

/** TCO Art 12(1): removal orders, scrutiny and penalties may lie with different authorities; referring needs none of them (recital 40). */
export const COMPETENCES = ['refer', 'order', 'scrutinise', 'penalise'] as const;
export type Competence = (typeof COMPETENCES)[number];

export const PLATFORM_SIZES = ['large', 'medium', 'small', 'micro'] as const;
export type PlatformSize = (typeof PLATFORM_SIZES)[number];

/** `referral`: for voluntary consideration (TCO recital 40). `removal_order`: binding (TCO Art 3). */
export const NOTICE_KINDS = ['referral', 'removal_order'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** TCO Art 2(7)(a) to (e) in order; `other` serves referrals on a platform's own terms only. */
export const CATEGORIES = ['incitement', 'solicit_offence', 'solicit_group', 'instruction', 'threat', 'other'] as const;
export type Category = (typeof CATEGORIES)[number];

/** Neutral and always asked for, so that figures can show bias (G7 3.1). */
export const IDEOLOGIES = [
  'jihadist',
  'right_wing',
  'left_wing_anarchist',
  'ethno_nationalist_separatist',
  'single_issue',
  'other',
  'unknown',
] as const;
export type Ideology = (typeof IDEOLOGIES)[number];

export const ITEM_KINDS = ['url', 'account', 'channel', 'file'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** `hidden`: out of sight for now, to be decided later. `restricted`: visible to fewer, or with a warning. */
export const ITEM_OUTCOMES = [
  'removed',
  'disabled',
  'hidden',
  'restricted',
  'account_actioned',
  'declined',
  'already_gone',
  'not_found',
] as const;
export type ItemOutcome = (typeof ITEM_OUTCOMES)[number];

/** Where a measure takes effect. An order wants all Member States at least (TCO Art 3(1), (3)). */
export const TERRITORIES = ['worldwide', 'union', 'partial'] as const;
export type Territory = (typeof TERRITORIES)[number];

/** `impossible`: TCO Art 3(7). `clarification`: TCO Art 3(8). */
export const OBSTACLE_KINDS = ['impossible', 'clarification'] as const;
export type ObstacleKind = (typeof OBSTACLE_KINDS)[number];

/** Annex III, B(1). */
export const OBSTACLE_GROUNDS = ['force_majeure', 'manifest_errors', 'insufficient_information'] as const;
export type ObstacleGround = (typeof OBSTACLE_GROUNDS)[number];

/** Who took an order's effect away: the home authority (Art 4(3), (4)), a court, the issuer in its own review. */
export const ANNULMENT_GROUNDS = ['scrutiny', 'court', 'issuer'] as const;
export type AnnulmentGround = (typeof ANNULMENT_GROUNDS)[number];

/** Why content is to be put back. */
export const REINSTATEMENT_GROUNDS = ['withdrawn', ...ANNULMENT_GROUNDS, 'complaint'] as const;
export type ReinstatementGround = (typeof REINSTATEMENT_GROUNDS)[number];

/** `kept_under_terms`: reinstatement is without prejudice to the platform's own terms (Art 4(7)); counted apart. */
export const REINSTATEMENT_OUTCOMES = ['reinstated', 'kept_under_terms', 'not_possible'] as const;
export type ReinstatementOutcome = (typeof REINSTATEMENT_OUTCOMES)[number];

export const DECLINE_REASONS = [
  'not_terrorist_content',
  'within_terms',
  'journalistic',
  'educational_or_research',
  'artistic',
  'counter_terrorism',
  'public_debate',
  'insufficient_information',
  'not_our_service',
  'legal_obstacle',
  'other',
] as const;
export type DeclineReason = (typeof DECLINE_REASONS)[number];

/** How far preserving the content has come when an item is answered; it never delays the answer. */
export const PRESERVATION_STATES = ['complete', 'outstanding', 'failed'] as const;
export type PreservationState = (typeof PRESERVATION_STATES)[number];

/** `vpdq`: the digest over a video's frame hashes. `text_sha256`: the SHA-256 of a document's normalised text. */
export const SIGNAL_TYPES = ['pdq', 'blockhash', 'vpdq', 'sha256', 'sha512', 'md5', 'text_sha256'] as const;
export type SignalType = (typeof SIGNAL_TYPES)[number];

/** One value for each signal type. */
export const perSignalType = <T>(valueOf: (type: SignalType) => T): Record<SignalType, T> =>
  Object.fromEntries(SIGNAL_TYPES.map((type) => [type, valueOf(type)])) as Record<SignalType, T>;

/** Length of each hash in lower-case hexadecimal digits. */
export const SIGNAL_HEX_LENGTH: Readonly<Record<SignalType, number>> = {
  pdq: 64,
  blockhash: 64,
  vpdq: 64,
  sha256: 64,
  sha512: 128,
  md5: 32,
  text_sha256: 64,
};

export const SIGNAL_STATES = ['provisional', 'active', 'disputed', 'withdrawn'] as const;
export type SignalState = (typeof SIGNAL_STATES)[number];

export const SIGNAL_OPINIONS = ['confirm', 'dispute'] as const;
export type SignalOpinion = (typeof SIGNAL_OPINIONS)[number];

/** Why a hash is disputed; `order_annulled` is written by the lifecycle when the legal basis of a contribution falls. */
export const DISPUTE_REASONS = [
  'not_terrorist_content',
  'false_match',
  'collision',
  'wrong_labels',
  'journalistic',
  'educational_or_research',
  'artistic',
  'counter_terrorism',
  'public_debate',
  'order_annulled',
  'erroneous_contribution',
  'other',
] as const;
export type DisputeReason = (typeof DISPUTE_REASONS)[number];

export const DISPUTE_STATES = ['open', 'upheld', 'rejected', 'retracted'] as const;
export type DisputeState = (typeof DISPUTE_STATES)[number];

/** `standing` counts; `quarantined` waits for the operator; the others have ended and say how. */
export const CONTRIBUTION_STATES = ['standing', 'quarantined', 'withdrawn', 'retracted', 'expired', 'erased'] as const;
export type ContributionState = (typeof CONTRIBUTION_STATES)[number];

/** Why a contribution ended. */
export const END_GROUNDS = [
  'order_annulled',
  'rolled_back',
  'withdrawn',
  'expired',
  'dispute_upheld',
  'source_withdrew',
  'erased',
  'rejected',
] as const;
export type EndGround = (typeof END_GROUNDS)[number];

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** `everyone`: all bodies that take part read it. `group`: its owner and its members. */
export const LIST_SHARINGS = ['everyone', 'group'] as const;
export type ListSharing = (typeof LIST_SHARINGS)[number];

/** What a platform found a match to be. */
export const MATCH_VERDICTS = ['confirmed', 'false', 'already_known'] as const;
export type MatchVerdict = (typeof MATCH_VERDICTS)[number];

/** What a policy says to do with a match, weakest first. */
export const MATCH_ACTIONS = ['ignore', 'review', 'block'] as const;
export type MatchAction = (typeof MATCH_ACTIONS)[number];

/** What a match was found for: a hash, one of many, a file that was not kept, or an exhibit. */
export const MATCH_SOURCES = ['lookup', 'batch', 'file', 'exhibit'] as const;
export type MatchSource = (typeof MATCH_SOURCES)[number];

/** How far a contributor of hashes is trusted: the quota a day and the flood threshold follow it. */
export const TRUST_LEVELS = ['new', 'known', 'trusted'] as const;
export type TrustLevel = (typeof TRUST_LEVELS)[number];

/** Hashes of what must not match: `harmless` is well known, `corpus` is a large benign collection, `canary` is a trap. */
export const NEGATIVE_KINDS = ['harmless', 'corpus', 'canary'] as const;
export type NegativeKind = (typeof NEGATIVE_KINDS)[number];

/** Why contributions wait for the operator. `with_canary`: contributed beside a canary. `collision`: a negative added later hits it. */
export const QUARANTINE_REASONS = [
  'flood',
  'corpus',
  'canary',
  'with_canary',
  'collision',
  'dispute_upheld',
  'rejected',
  'rolled_back',
] as const;
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

export const QUARANTINE_OUTCOMES = ['released', 'rejected'] as const;
export type QuarantineOutcome = (typeof QUARANTINE_OUTCOMES)[number];

/** One policy of an organisation is in force; those before it are kept and can be put in force again. */
export const POLICY_STATES = ['draft', 'in_force', 'replaced'] as const;
export type PolicyState = (typeof POLICY_STATES)[number];

/** Ways to reach a platform. A pager says that something waits and proves no receipt. */
export const CHANNELS = ['webhook', 'mail', 'inbox', 'feed', 'pager'] as const;
export type Channel = (typeof CHANNELS)[number];

/** What a pager is called by: an HTTP interface of a provider of text messages, a topic of ntfy, a room of Matrix. */
export const PAGER_KINDS = ['sms', 'ntfy', 'matrix'] as const;
export type PagerKind = (typeof PAGER_KINDS)[number];

/** `statutory`: an order's hour (TCO Art 3(3)). `target`: a referral's service level, which nobody is bound by. */
export const CLOCK_KINDS = ['statutory', 'target'] as const;
export type ClockKind = (typeof CLOCK_KINDS)[number];

/** FIRST Traffic Light Protocol 2.0 labels, without the `TLP:` prefix. */
export const TLP = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;
export type Tlp = (typeof TLP)[number];

/** Permissible Actions Protocol 1.0 of FIRST: what may be done with it that the other side could notice. */
export const PAP = ['clear', 'green', 'amber', 'red'] as const;
export type Pap = (typeof PAP)[number];

/** BCP 47 shape in canonical case: language, optional script, optional region (`fr`, `sr-Latn`, `pt-BR`, `es-419`); `und` for unknown. */
export const LANGUAGE_SHAPE = /^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$/;
export const isLanguage = (value: string): boolean => LANGUAGE_SHAPE.test(value);

/** ISO 3166-1 alpha-2 shape. */
export const COUNTRY_SHAPE = /^[A-Z]{2}$/;

const HEX = /^[0-9a-f]+$/;
/** True when `value` is a hash of that type as we store it: lower-case hexadecimal of the right length. */
export const isSignalHash = (type: SignalType, value: string): boolean =>
  value.length === SIGNAL_HEX_LENGTH[type] && HEX.test(value);
