import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson, parseCanonical } from './canonical';
import { isRecord } from './json';

/**
 * One fact of the ledger as everyone hashes it: RFC 8785 bytes with ids and dimensions only. What could name a person
 * or quote a text is in bodies beside it, which enter as salted digests, so that erasing a body leaves every proof.
 */
export const ENTRY_VERSION = 1;
/** `reply-link`: somebody at a platform answered by the link in a mail, without an account. */
export const VIAS = ['session', 'api-key', 'service', 'reply-link'] as const;
export type Via = (typeof VIAS)[number];

/** `shared` is for everyone in the audience, `internal` for the actor's own organisation. */
export const BODY_PARTS = ['shared', 'internal'] as const;
export type BodyPart = (typeof BODY_PARTS)[number];

/** The kinds the ledger itself writes. Every other kind is `<noun>.<what happened>` of the feature that appends it. */
export const DISCLOSED = 'ledger.disclosed';
export const BODY_ERASED = 'ledger.body-erased';

/** Subjects that are also columns of `ledger_entry`, because lists are asked for by them. */
export const SUBJECT_COLUMNS = ['case', 'item', 'notice', 'exhibit', 'signal'] as const;
export type Subjects = { readonly [name in (typeof SUBJECT_COLUMNS)[number]]?: string } & {
  readonly [name: string]: string | undefined;
};

/** What figures are counted by, stamped when it happens: platform size, language, category, minutes. */
export type Dimensions = { readonly [name: string]: string | number | boolean | null | readonly string[] | undefined };

export interface LedgerEntry {
  readonly v: typeof ENTRY_VERSION;
  readonly id: string;
  readonly kind: string;
  /** ISO 8601 in UTC with milliseconds. */
  readonly at: string;
  /** The actor's organisation; null for the service itself. */
  readonly org: string | null;
  /**
   * SHA-256(audience salt ‖ id of the acting person) in hex, with the salt of `aud`: other parties read the entry, and must not
   * be able to tell one officer's acts from another's.
   */
  readonly person: string | null;
  readonly via: Via;
  readonly subjects: Subjects;
  readonly dims: Dimensions;
  /** SHA-256(salt ‖ canonical body) in hex for each part there is. */
  readonly bodies: { readonly [part in BodyPart]?: string };
  /** SHA-256(salt ‖ canonical sorted organisation ids) in hex: who was meant to see it, without naming them. */
  readonly aud: string;
}

export type Sha256 = (bytes: Uint8Array) => Uint8Array;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const KIND = /^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z][a-z0-9]*(-[a-z0-9]+)*)+$/;
const NAME = /^[a-z][A-Za-z0-9]*$/;
const DIGEST = /^[0-9a-f]{64}$/;
const MEMBERS = ['at', 'aud', 'bodies', 'dims', 'id', 'kind', 'org', 'person', 'subjects', 'v', 'via'].join();

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** SHA-256(salt ‖ RFC 8785 of the body) in hex; the body is given as canonical text, as it is stored. */
export function bodyDigest(salt: Uint8Array, canonicalBody: string, hash: Sha256 = sha256): string {
  return bytesToHex(hash(concatBytes(salt, utf8ToBytes(canonicalBody))));
}

/** Lower case, sorted, each once: the form in which an audience is stored and digested. */
export function normalAudience(organisationIds: readonly string[]): string[] {
  return [...new Set(organisationIds.map((id) => id.toLowerCase()))].sort();
}

/** SHA-256(salt ‖ RFC 8785 of the sorted ids) in hex. */
export function audienceDigest(salt: Uint8Array, audience: readonly string[], hash: Sha256 = sha256): string {
  return bytesToHex(hash(concatBytes(salt, utf8ToBytes(canonicalJson(audience)))));
}

/** The bytes that are hashed into the tree. Throws a SyntaxError when the entry has not the stated form. */
export function entryBytes(entry: LedgerEntry): Uint8Array {
  assertEntry(entry);
  return utf8ToBytes(canonicalJson(entry));
}

/** The entry in these bytes; throws a SyntaxError unless they are exactly what `entryBytes` writes for it. */
export function parseEntry(bytes: Uint8Array): LedgerEntry {
  const value = parseCanonical(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  assertEntry(value);
  return value;
}

function assertEntry(value: unknown): asserts value is LedgerEntry {
  const fault = faultIn(value);
  if (fault) throw new SyntaxError(`this is not a ledger entry: ${fault}`);
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && DIGEST.test(value);
}

function isInstant(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString() === value;
}

function isDimension(value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function hasNames(record: unknown, fits: (value: unknown) => boolean): boolean {
  return isRecord(record) && Object.entries(record).every(([name, value]) => NAME.test(name) && fits(value));
}

/** What is wrong with the form of an entry, or null. */
export function faultIn(value: unknown): string | null {
  if (!isRecord(value)) return 'it is not an object';
  if (Object.keys(value).sort().join() !== MEMBERS) return 'its members are not those of version 1';
  if (value['v'] !== ENTRY_VERSION) return 'its version is unknown';
  if (!isUuid(value['id'])) return 'id is not a UUID in lower case';
  if (typeof value['kind'] !== 'string' || !KIND.test(value['kind'])) return 'kind is not of the form noun.happened';
  if (!isInstant(value['at'])) return 'at is not an instant with milliseconds';
  if (value['org'] !== null && !isUuid(value['org'])) return 'org is not a UUID in lower case';
  if (value['person'] !== null && !isDigest(value['person'])) return 'person is not a digest';
  if (!VIAS.some((via) => via === value['via'])) return 'via is unknown';
  if (!hasNames(value['subjects'], (id) => id === undefined || (typeof id === 'string' && id !== ''))) {
    return 'a subject is not an id';
  }
  for (const name of SUBJECT_COLUMNS) {
    const id = isRecord(value['subjects']) ? value['subjects'][name] : undefined;
    if (id !== undefined && !isUuid(id)) return `the subject ${name} is not a UUID`;
  }
  if (!hasNames(value['dims'], isDimension)) return 'a dimension is neither a scalar nor a list of strings';
  if (!hasNames(value['bodies'], (digest) => digest === undefined || isDigest(digest))) {
    return 'a body is not a digest';
  }
  if (
    isRecord(value['bodies']) &&
    Object.keys(value['bodies']).some((part) => !BODY_PARTS.some((one) => one === part))
  ) {
    return 'a body is of an unknown part';
  }
  return isDigest(value['aud']) ? null : 'aud is not a digest';
}
