/**
 * Every closed list of the trade, written once. DTOs, check constraints (compared in a test), OpenAPI and
 * the console follow these arrays; adding a word here is adding it everywhere.
 */

/** What a tenant is. A competence, not a kind, says what an authority may do. */
export const ORGANISATION_KINDS = [
  'authority',
  'platform',
  'investigative_body',
  'oversight',
  'civil_society',
  'operator',
] as const;
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
export const isCountry = (value: string): boolean => COUNTRY_SHAPE.test(value);

const HEX = /^[0-9a-f]+$/;
/** True when `value` is a hash of that type as we store it: lower-case hexadecimal of the right length. */
export const isSignalHash = (type: SignalType, value: string): boolean =>
  value.length === SIGNAL_HEX_LENGTH[type] && HEX.test(value);

/** Every kind of ledger entry and what it says happened; `ledger-entry` accepts no underscore here. */
export const LEDGER_KINDS = {
  'organisation.registered': 'An organisation was admitted',
  'platform.provisional': 'An unknown host became a provisional platform',
  'platform.confirmed': 'A person confirmed a provisional platform',
  'provider.changed': 'What is recorded about a provider changed',
  'provider.proposed': 'Somebody proposed what to record about a provider',
  'provider.confirmed': 'A person confirmed what is recorded about a provider',
  'provider.discovery-asked': 'A person asked to look for contacts of a provider',
  'provider.contacts-found': 'A search for contacts of a provider ended',
  'provider.claim-asked': 'Somebody claimed a host as theirs',
  'provider.claim-proven': 'The token of a claim was found on its host',
  'provider.claim-confirmed': 'A person of the operator gave a platform to those who claimed it',
  'provider.claim-refused': 'A person of the operator refused the claim of a host',
  'provider.claim-accepted': 'The first person of a claimed platform came in',
  'authority.registered': 'An authority entered the register of authorities',
  'authority.changed': 'An entry of the register of authorities changed',
  'authority.removed': 'An authority was taken from the register of authorities',
  'order.duplicates-asked': 'A body asked whether others have orders on the same subjects',
  'contact.added': 'A contact point was recorded',
  'webhook.registered': 'A platform named an address for signed webhooks',
  'webhook.rotated': 'The secret of a webhook was replaced',
  'webhook.removed': 'A webhook was taken out of use',
  'webhook.circuit-opened': 'A webhook failed so often that it is left alone for a while',
  'webhook.circuit-closed': 'A webhook that was left alone answers again',
  'contact.removed': 'A contact point was taken out of use',
  'pager.registered': 'A pager was registered',
  'pager.removed': 'A pager was taken out of use',
  'contact.pinged': 'A contact point was asked whether it answers',
  'contact.ping-answered': 'A contact point answered a test',
  'contact.unanswered': 'A contact point did not answer a test in time',
  'duty.settings-changed': 'An organisation said when whom to call',
  'duty.member-enrolled': 'Somebody was put on a duty roster',
  'duty.member-changed': 'What a duty roster says of somebody changed',
  'duty.member-removed': 'Somebody was taken off a duty roster',
  'duty.override-set': 'A duty roster got an exception for a time',
  'duty.override-removed': 'An exception of a duty roster was taken back',
  'duty.handed-over': 'A duty was handed over',
  'escalation.step': 'Nobody had acknowledged in time, and the next were called',
  'life-threat.reported': 'A platform reported an imminent threat to life (TCO Art 14(5))',
  'life-threat.acknowledged': 'A person of an authority has a reported threat to life in hand',
  'life-threat.copied': 'Somebody stated that Europol has a copy of a report of a threat to life',
  'authority.key-created': 'An authority began to sign its forms with a key',
  'authority.key-pinned': 'A key of an authority outside this installation was recorded',
  'authority.key-retired': 'A key of an authority signs no more',
  'person.joined': 'A person became a member of an organisation',
  'person.password-changed': 'A person replaced their password',
  'session.opened': 'A person signed in',
  'session.refused': 'A sign-in failed',
  'session.closed': 'A person signed out or a session was ended',
  'api-key.created': 'An API key was made',
  'api-key.revoked': 'An API key was revoked',
  'case.opened': 'A unit opened a case',
  'case.read': 'Somebody looked at a case',
  'case.marked': 'What may be done about a case was marked anew',
  'case.closed': 'A case was closed',
  'item.added': 'A content item entered a case',
  'item.joined': 'A submitted item was already open and joined it',
  'item.held': 'An item too broad to send waits for a second person',
  'item.released': 'A second person released a held item',
  'item.probed': 'An address was called again, to see whether it is still there',
  'item.reappeared': 'What had gone is there again, and a new item stands for it',
  'bulk.progressed': 'A part of a long list was taken into a case',
  'bulk.completed': 'A long list was taken to its end',
  'exhibit.collected': 'An object was received for preservation',
  'exhibit.hashed': 'The digests of an object were computed',
  'exhibit.sealed': 'An object was encrypted and stored',
  'exhibit.rejected': 'An object was refused with its reason',
  'exhibit.viewed': 'A person looked at an object, with their reason',
  'exhibit.failed-verification': 'The stored object did not agree with its digests',
  'vault.quarantined': 'A stored object that no record knows was put aside',
  'signal.contributed': 'A hash was contributed',
  'signal.withdrawn': 'A hash was withdrawn by its contributor',
  'signal.retracted':
    'Contributions were retracted: their legal basis fell, a dispute was upheld or their source took them back',
  'signal.expired': 'Contributions that nobody had reviewed ended with their time',
  'signal.erased': 'A hash was erased, with what was said of it',
  'signal.forgotten': 'The value of an erased hash was destroyed',
  'signal.reviewed': 'A contributor looked at a hash again and stands by it',
  'signal.review-due': 'A contributor is asked to look at hashes again',
  'signal.confirmed': 'An organisation confirmed a hash',
  'signal.disputed': 'A hash is disputed',
  'signal.opinion-retracted': 'An opinion of a hash was taken back, or a dispute that a source had handed on',
  'signal.dispute-decided': 'A person decided a dispute about a hash',
  'signal.dispute-overdue': 'The time for deciding a dispute passed',
  'signal-list.created': 'A list of hashes was created',
  'signal-list.changed': 'A list of hashes was changed',
  'signal-list.closed': 'A list of hashes takes nothing more',
  'signal-list.member-added': 'An organisation was let into a list of hashes, or its right there was changed',
  'signal-list.member-left': 'An organisation left a list of hashes, or was put out of it',
  'signal.quarantined': 'Contributed hashes wait in quarantine until the operator has looked at them',
  'signal.held': 'Standing hashes were put in quarantine until they have been looked at',
  'signal.released':
    'Hashes were released from quarantine, by two people of the operator or by the owner of the list who had had them taken out',
  'signal.canary-hit': 'A contribution hit a canary: the contributor is trusted no more',
  'signal.rolled-back': 'Everything that one organisation contributed was taken back',
  'signal.feedback-given': 'A platform said what became of a match',
  'signal-trust.changed': 'The trust in a contributor of hashes changed',
  'signal-negative.added': 'Hashes of harmless content were added to what must not match',
  'signal-negative.removed': 'Hashes were taken from what must not match',
  'signal-policy.drafted': 'A policy for matches was written',
  'signal-policy.enforced': 'A policy for matches took effect',
  'exchange.credential-issued': 'A program of a subscriber was given a credential to exchange hashes',
  'exchange.credential-revoked': 'A credential for exchanging hashes was revoked',
  'exchange.subscribed': 'An organisation began to take hashes from a source',
  'exchange.synced': 'What a source said changed hashes here',
  'exchange.failed': 'A source could not be followed any further',
  'exchange.paused': 'A source is not followed for now',
  'exchange.resumed': 'A source is followed again',
  'exchange.ended': 'An organisation takes nothing from a source any more',
  'exchange.scope-changed': 'The lists that a subscriber is served changed',
  'match.found': 'A submitted object lies within the threshold of a hash',
  'case.assessed': 'A person assessed a case under Art. 2(7) and 1(3) of the Regulation',
  'case.assessment-signed-off': 'Another person signed a part of an assessment off',
  'order.advance-information': 'A provider was informed of procedures and deadlines before its first order',
  'order.signed': 'A second person of the authority signed an order',
  'order.escalated': 'A referral was carried on as an order',
  'order.review-lodged': 'Somebody went to court against an order',
  'order.review-decided': 'A court decided about an order',
  'order.final': 'An order became final (TCO Art 3(9))',
  'order.non-disclosure-extended': 'The time in which the content provider is not informed was extended, once',
  'scrutiny.opened': 'The home authority scrutinises an order, of its own accord or on request (TCO Art 4)',
  'scrutiny.intended': 'The home authority told the issuer that it intends to find an infringement, and why',
  'scrutiny.answered': 'The issuer answered to the intention of the home authority',
  'scrutiny.decided': 'The home authority decided about an order',
  'scrutiny.copied': 'A decision of the home authority was handed on to Europol',
  'scrutiny.period-ended': 'The time for a scrutiny, or for asking for one, ended',
  'scrutiny.overdue': 'The time for deciding a scrutiny passed',
  'content.reference-made': 'A platform made a reference under which a content provider is informed',
  'content.informed': 'The content provider read what became of its content, and why',
  'content.notice-opened': 'The time in which the content provider was not to be informed ended',
  'complaint.lodged': 'A content provider complained of the measure of a platform',
  'complaint.decided': 'A platform decided a complaint',
  'complaint.overdue': 'The time for deciding a complaint passed',
  'notice.drafted': 'A notice was written',
  'notice.leaving': 'A person let a notice go; it leaves when the time for second thoughts is over',
  'notice.recalled': 'A notice was taken back before it had left',
  'notice.sent': 'A notice left for its platform',
  'notice.received': 'A notice reached the contact point of its platform',
  'notice.receipt-voided': 'A receipt proved to be none; the earliest other one takes its place, if there is one',
  'notice.acknowledged': 'The platform acknowledged a notice',
  'notice.taken-in-hand': 'A person, or a key, acknowledged a notice that the other had acknowledged',
  'notice.answered': 'The platform answered one item of a notice',
  'notice.closed': 'Every item had its answer and the notice was closed',
  'notice.withdrawn': 'The sender withdrew a notice',
  'notice.annulled': 'An order lost its effect by decision',
  'notice.impossible': 'The platform cannot act on a notice, with the ground (TCO Art 3(7))',
  'notice.clarification-asked': 'The platform asked for clarification of a notice (TCO Art 3(8))',
  'notice.clarified': 'The sender answered what the platform had asked',
  'notice.possible-again': 'What kept the platform from acting is over',
  'notice.non-compliance': 'A person of the competent authority recorded that an order was not complied with',
  'preservation.changed': 'The platform said how far preserving an item has come',
  'item.deleted-for-good': 'The platform said that it destroyed an item for good',
  'reinstatement.asked': 'A platform was asked to put an item back',
  'reinstatement.answered': 'A platform said what it did about putting an item back',
  'contact.hours-changed': 'A platform said when its contact point is staffed',
  'clock.paused': 'An hour stopped running because of an obstacle',
  'clock.restarted': 'The full hour began again',
  'clock.not-running': 'An obstacle told after the hour showed that it had not been running',
  'clock.started': 'An hour began to run',
  'clock.mark': 'A mark of a running hour was reached',
  'clock.target-missed': 'The target of a referral passed with an item unanswered',
  'clock.deadline-passed': 'The deadline of an order passed with an item unanswered',
  'clock.late-feedback': 'An answer after the hour showed a measure within it',
  'clock.stopped': 'An hour stopped running',
  'delivery.attempted': 'A delivery was tried and what came of it',
  'delivery.receipt': 'A channel proved receipt',
  'delivery.failed': 'A channel was given up',
  'delivery.told': 'A channel told the platform, which proves no receipt',
  'delivery.receipt-voided': 'What had counted as receipt was none: the message came back',
  'delivery.replayed': 'A platform asked to have messages sent to its webhook again',
  'reply-link.revoked': 'A platform closed the links in mails about a notice',
  'approval.asked': 'A second person was asked',
  'approval.given': 'A second person agreed',
  'approval.refused': 'A second person refused',
  'ledger.disclosed': 'Earlier entries were opened to another organisation',
  'ledger.body-erased': 'The text behind an entry was erased; its digest stays',
  'service.outage': 'The service did not run between two instants',
  'figures.published': 'Figures of a closed month were published',
} as const satisfies Record<string, string>;
export type LedgerKind = keyof typeof LEDGER_KINDS;

export const isLedgerKind = (value: string): value is LedgerKind => Object.hasOwn(LEDGER_KINDS, value);
