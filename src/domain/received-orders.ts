import type { AnnexI } from './forms/forms';
import { orderRefusalOf, type RegisteredAuthority } from './union';
import type { Category } from './vocabulary';
import { identify, type Address } from './web-address';

/** An order that reached a platform outside of this installation. Only the first two come of the form; people decide the others. */
export const RECEIVED_STATES = ['recognised', 'quarantined', 'genuine', 'not_genuine'] as const;
export type ReceivedState = (typeof RECEIVED_STATES)[number];

/** How the platform says that it came. */
export const STATED_CHANNELS = [
  'mail',
  'secure_channel',
  'registered_delivery',
  'portal',
  'fax',
  'post',
  'by_hand',
  'other',
] as const;
export type StatedChannel = (typeof STATED_CHANNELS)[number];

/** Why an order waits for people (rec. 35): `no_form` and `malformed` carry nothing that a machine can hold to the schema. */
export const RECEIVED_REASONS = [
  'no_form',
  'malformed',
  'unsigned',
  'signature_invalid',
  'unknown_signer',
  'key_revoked',
  'authority_not_registered',
  'not_a_member_state',
  'authority_not_competent',
  'not_addressed_to_us',
  'manifest_errors',
] as const;
export type ReceivedReason = (typeof RECEIVED_REASONS)[number];

/** What contradicts itself, or what is known here: for Art. 3(8). */
export const MANIFEST_ERRORS = [
  'issued_after_receipt',
  'issuing_state',
  'home_state',
  'addressee_unclear',
  'target_unreadable',
  'target_elsewhere',
] as const;
export type ManifestError = (typeof MANIFEST_ERRORS)[number];

/** What people found out who asked whether an order was genuine. */
export const REFUTATIONS = [
  'denied_by_authority',
  'no_such_authority',
  'authority_not_competent',
  'not_addressed_to_us',
  'exercise',
  'other',
] as const;
export type Refutation = (typeof REFUTATIONS)[number];

/** What the key that a signature names says of it. `none`: there is no signature. */
export type SignatureFinding = 'none' | 'invalid' | 'unknown_key' | 'revoked' | 'valid';

/** Whom an order must be addressed to, as the register of providers has it. */
export interface Addressee {
  /** Its own, and that of its legal representative. */
  readonly names: readonly string[];
  readonly contacts: readonly string[];
  readonly hosts: readonly string[];
  /** Member State of the main establishment or the legal representative; null where nobody has stated it. */
  readonly homeCountry: string | null;
}

export interface ReceivedFacts {
  readonly form: AnnexI;
  readonly signature: SignatureFinding;
  /** Of the key that signed; where there is none, whoever the form names, if the register has it. */
  readonly authority: RegisteredAuthority | null;
  readonly receivedAt: Date;
  readonly us: Addressee;
}

export interface Judgement {
  readonly state: 'recognised' | 'quarantined';
  readonly reasons: readonly ReceivedReason[];
  readonly errors: readonly ManifestError[];
}

const REASON_OF_SIGNATURE = {
  none: 'unsigned',
  invalid: 'signature_invalid',
  unknown_key: 'unknown_signer',
  revoked: 'key_revoked',
} as const satisfies Record<Exclude<SignatureFinding, 'valid'>, ReceivedReason>;

const REASON_OF_REFUSAL = {
  not_registered: 'authority_not_registered',
  not_a_member_state: 'not_a_member_state',
  not_competent: 'authority_not_competent',
} as const satisfies Record<NonNullable<ReturnType<typeof orderRefusalOf>>, ReceivedReason>;

/**
 * Whether an order is recognised at once: signed by a key that is known as that of a registered authority which may order
 * (Art. 12(1)(a), 12(4), rec. 35), addressed to whoever has it, and without a contradiction. Everything else waits for people;
 * what a machine cannot be sure of is never thrown away.
 */
export function judge(facts: ReceivedFacts): Judgement {
  const { signature, authority } = facts;
  const refusal = orderRefusalOf(authority);
  const addressed = isAddressedTo(facts);
  const errors = manifestErrors(facts, addressed);
  const reasons: ReceivedReason[] = [
    ...(signature === 'valid' ? [] : [REASON_OF_SIGNATURE[signature]]),
    ...(refusal === null ? [] : [REASON_OF_REFUSAL[refusal]]),
    ...(addressed === 'no' ? (['not_addressed_to_us'] as const) : []),
    ...(errors.length > 0 ? (['manifest_errors'] as const) : []),
  ];
  return { state: reasons.length === 0 ? 'recognised' : 'quarantined', reasons, errors };
}

/** Names are written with and without their form of company, commas and capitals; letters and digits are what is compared. */
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** `unclear`: the content is on our hosts, and neither name nor contact point is ours. */
function isAddressedTo({ form, us }: ReceivedFacts): 'yes' | 'unclear' | 'no' {
  const { addressee, legalRepresentative, contactPoint } = form.a;
  const named = [addressee, ...(legalRepresentative === undefined ? [] : [legalRepresentative])].map(plain);
  const ours = us.names.map(plain).filter((name) => name !== '');
  if (named.some((name) => ours.includes(name))) return 'yes';
  const contact = contactPoint.trim().toLowerCase();
  if (us.contacts.some((one) => one.trim().toLowerCase() === contact)) return 'yes';
  return addressesOf(form).some((address) => address !== null && isOn(address.host, us.hosts)) ? 'unclear' : 'no';
}

const isOn = (host: string, hosts: readonly string[]): boolean =>
  hosts.some((one) => host === one || host.endsWith(`.${one}`));

/** Each target as an address, in its order; null where none can be read from it. */
export const addressesOf = (form: AnnexI): (Address | null)[] =>
  form.b.targets.map(({ url }) => {
    try {
      return identify(url);
    } catch {
      return null;
    }
  });

function manifestErrors(
  { form, authority, receivedAt, us }: ReceivedFacts,
  addressed: 'yes' | 'unclear' | 'no',
): ManifestError[] {
  const addresses = addressesOf(form);
  const readable = addresses.filter((address) => address !== null);
  const found: Readonly<Record<ManifestError, boolean>> = {
    issued_after_receipt: Date.parse(form.a.issuedAt) > receivedAt.getTime(),
    issuing_state: authority !== null && authority.country !== form.a.issuingMemberState,
    home_state: us.homeCountry !== null && us.homeCountry !== form.a.homeMemberState,
    addressee_unclear: addressed === 'unclear',
    target_unreadable: readable.length < addresses.length,
    target_elsewhere: addressed === 'yes' && readable.length > 0 && !readable.some(({ host }) => isOn(host, us.hosts)),
  };
  return MANIFEST_ERRORS.filter((error) => found[error]);
}

/**
 * From when the hour runs: what the platform says about its own receipt can only move it to before our intake, never to after
 * it. Null for a statement that lies in the future, which is refused.
 */
export function receiptOf(stated: Date | null, intakeAt: Date): Date | null {
  if (stated === null) return intakeAt;
  return stated.getTime() > intakeAt.getTime() ? null : stated;
}

const CATEGORY_OF = {
  a: 'incitement',
  b: 'solicit_offence',
  c: 'solicit_group',
  d: 'instruction',
  e: 'threat',
} as const satisfies Record<AnnexI['b']['types'][number], Category>;

/** Notices have one category; an order with several points of Art. 2(7) is counted under the first. */
export const categoryOf = ({ b }: AnnexI): Category => CATEGORY_OF[[...b.types].sort()[0] ?? 'a'];
