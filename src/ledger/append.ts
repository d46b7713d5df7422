import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { canonicalJson, type JsonObject } from '../domain/canonical';
import { DomainError } from '../domain/errors';
import {
  BODY_PARTS,
  ENTRY_VERSION,
  entryBytes,
  normalAudience,
  type BodyPart,
  type Dimensions,
  type LedgerEntry,
  type Subjects,
} from '../domain/ledger-entry';
import { noteEntry } from '../infra/context';
import type { Actor } from '../infra/database/actor';
import type { Tx } from '../infra/database/work';
import { leafHash, saltedDigest } from './native-hash';

/** A fact to be appended, in the transaction that makes it true. */
export interface NewEntry {
  /** `<noun>.<what happened>`, lower case. */
  readonly kind: string;
  /** `service` is the service itself: only the worker role may write such entries. */
  readonly actor: Actor | 'service';
  readonly at: Date;
  readonly subjects: Subjects;
  /** Immutable and visible to the whole audience: ids and categories, never texts or names. */
  readonly dims?: Dimensions;
  /** Erasable, for everyone in the audience. */
  readonly shared?: JsonObject;
  /** Erasable, for the actor's organisation. The actor's name and office are added here. */
  readonly internal?: JsonObject;
  /** Organisations that may read it. The actor's own is added. */
  readonly audience: readonly string[];
}

export interface Appended {
  readonly id: string;
  /** The leaf hash in hex. */
  readonly digest: string;
}

interface Body {
  readonly part: BodyPart;
  readonly salt: Buffer;
  readonly body: string;
}

interface Row {
  readonly entry: LedgerEntry;
  readonly person: string | null;
  readonly audience: string[];
  readonly salt: Buffer;
  readonly bytes: Uint8Array;
  readonly leaf: Uint8Array;
  readonly bodies: Body[];
}

const SALT_BYTES = 16;

// Asking the generator costs 5 µs however little is asked for, which was a third of an append: each salt is cut from a page.
let page = Buffer.alloc(0);
function newSalt(): Buffer {
  if (page.length < SALT_BYTES) page = randomBytes(SALT_BYTES * 256);
  const salt = page.subarray(0, SALT_BYTES);
  page = page.subarray(SALT_BYTES);
  return salt;
}

export async function append(tx: Tx, entry: NewEntry): Promise<Appended> {
  const [appended] = await appendAll(tx, [entry]);
  if (!appended) throw new Error('nothing was appended');
  return appended;
}

/** All of them or none, in one statement; in the tree they stand in this order. */
export async function appendAll(tx: Tx, entries: readonly NewEntry[]): Promise<Appended[]> {
  if (entries.length === 0) return [];
  const rows = entries.map(prepare);
  await tx.query(INSERT, parametersOf(rows));
  return rows.map(({ entry, leaf }) => {
    noteEntry(entry.id, entry.subjects.notice !== undefined);
    return { id: entry.id, digest: Buffer.from(leaf).toString('hex') };
  });
}

const INSERT = `select ledger_append(${Array.from({ length: 18 }, (_, i) => `$${i + 1}`).join(', ')})`;

function parametersOf(rows: readonly Row[]): unknown[][] {
  const bodies = rows.flatMap(({ entry, bodies }) => bodies.map((body) => ({ ...body, id: entry.id })));
  const subject = (name: keyof Subjects): (string | null)[] => rows.map(({ entry }) => entry.subjects[name] ?? null);
  return [
    rows.map(({ entry }) => entry.id),
    rows.map(({ entry }) => entry.kind),
    rows.map(({ entry }) => entry.at),
    rows.map(({ entry }) => entry.org),
    rows.map(({ person }) => person),
    ...['case', 'item', 'notice', 'exhibit', 'signal'].map(subject),
    rows.map(({ audience }) => `{${audience.join()}}`),
    rows.map(({ salt }) => salt),
    rows.map(({ bytes }) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
    rows.map(({ leaf }) => leaf),
    bodies.map(({ id }) => id),
    bodies.map(({ part }) => part),
    bodies.map(({ salt }) => salt),
    bodies.map(({ body }) => body),
  ];
}

function prepare(entry: NewEntry): Row {
  const actor = entry.actor === 'service' ? null : entry.actor;
  const audience = normalAudience([...entry.audience, ...(actor ? [actor.organisationId] : [])]);
  const salt = newSalt();
  const person = actor?.personId ?? null;
  const bodies = bodiesOf(entry, actor);
  const record: LedgerEntry = {
    v: ENTRY_VERSION,
    id: uuidv7(),
    kind: entry.kind,
    at: entry.at.toISOString(),
    org: actor?.organisationId ?? null,
    person: person === null ? null : saltedDigest(salt, person),
    via: actor?.via ?? 'service',
    subjects: entry.subjects,
    dims: entry.dims ?? {},
    bodies: Object.fromEntries(bodies.map(({ part, salt, body }) => [part, saltedDigest(salt, body)])),
    aud: saltedDigest(salt, canonicalJson(audience)),
  };
  const bytes = entryBytes(record);
  return { entry: record, person, audience, salt, bytes, leaf: leafHash(bytes), bodies };
}

function bodiesOf(entry: NewEntry, actor: Actor | null): Body[] {
  const who = actor ? { actor: { person: actor.personId, name: actor.name, office: actor.office } } : undefined;
  const parts = { shared: entry.shared, internal: entry.internal || who ? { ...entry.internal, ...who } : undefined };
  return BODY_PARTS.flatMap((part) => {
    const value = parts[part];
    return value ? [{ part, salt: newSalt(), body: canonicalBody(value) }] : [];
  });
}

function canonicalBody(value: JsonObject): string {
  try {
    return canonicalJson(value);
  } catch {
    // A text with half a surrogate pair, which JSON can carry and UTF-8 cannot.
    throw new DomainError('request.invalid', {}, [{ pointer: '', detail: 'a text is not well-formed Unicode' }]);
  }
}
