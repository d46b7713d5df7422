import { providerOf } from '../../accounts/providers/providers.queries';
import { instantOf, type AnnexI } from '../../domain/forms/forms';
import { checkJws, jwkOf, kidOf } from '../../domain/forms/jws';
import {
  judge,
  type Addressee,
  type Judgement,
  type ReceivedReason,
  type SignatureFinding,
} from '../../domain/received-orders';
import type { AuthorityCompetence } from '../../domain/union';
import type { Tx } from '../../infra/database/work';
import { verifyEd25519 } from '../forms/ed25519';
import type { Content, OrderForm } from './handed-in';

/** What is known about a received order once its signature, its signer and its addressee have been looked at. */
export interface Examined extends Pick<Judgement, 'state' | 'errors'> {
  readonly reasons: readonly ReceivedReason[];
  readonly kid: string | null;
  readonly isVerified: boolean;
  readonly authorityId: string | null;
}

interface KeyRow {
  readonly public_key: Buffer;
  readonly retired_at: Date | null;
  readonly authority_id: string | null;
}

interface EntryRow {
  readonly id: string;
  readonly country: string;
  readonly competences: AuthorityCompetence[];
}

// Keys that this platform pinned, and those of the directory. What it believes no more is not believed because others do; otherwise
// one that is in force comes first.
const KEYS = `select k.public_key, k.retired_at, k.authority_id, k.retired_at is not null as is_disbelieved
  from received_order_key k where k.kid = $1
  union all select k.public_key, k.retired_at, e.id, false from authority_key k
    left join authority_entry e on e.organisation_id = k.organisation_id and e.removed_at is null where k.kid = $1
  order by is_disbelieved desc, retired_at desc nulls first, authority_id nulls last limit 1`;

/** In the transaction of the platform that has the order. */
export async function examine(
  tx: Tx,
  organisationId: string,
  { form, jws, without }: Pick<Content, 'form' | 'jws' | 'without'>,
  receivedAt: Date,
): Promise<Examined> {
  if (!form) {
    const reasons: ReceivedReason[] = [without ?? 'no_form', 'unsigned'];
    return { state: 'quarantined', reasons, errors: [], kid: null, isVerified: false, authorityId: null };
  }
  const { finding, kid, authorityId: signerId } = await signerOf(tx, form, jws, receivedAt);
  const entry = signerId ? await entryOf(tx, signerId) : await claimedBy(tx, form.content);
  // Whom a known key belongs to is not guessed from a name when the register has dropped it.
  const authority = finding === 'valid' && !signerId ? null : entry;
  const us = await addresseeOf(tx, organisationId);
  const judged = judge({ form: form.content, signature: finding, authority, receivedAt, us });
  return { ...judged, kid, isVerified: finding === 'valid', authorityId: authority?.id ?? null };
}

interface Signer {
  readonly finding: SignatureFinding;
  readonly kid: string | null;
  readonly authorityId: string | null;
}

async function signerOf(tx: Tx, form: OrderForm, jws: string | null, receivedAt: Date): Promise<Signer> {
  if (jws === null) return { finding: 'none', kid: null, authorityId: null };
  const kid = kidOf(jws);
  if (kid === null) return { finding: 'invalid', kid: null, authorityId: null };
  const [key] = await tx.query<KeyRow[]>(KEYS, [kid]);
  if (!key) return { finding: 'unknown_key', kid, authorityId: null };
  const { ok } = checkJws(form, jws, { keys: [jwkOf(key.public_key)] }, verifyEd25519);
  const known = { kid, authorityId: key.authority_id };
  if (!ok) return { ...known, finding: 'invalid' };
  // Whoever has a stolen key dates an order back: what counts is when it was received, too.
  const retiredAt = key.retired_at;
  const isRevoked = retiredAt !== null && (retiredAt <= receivedAt || retiredAt <= instantOf(form));
  return { ...known, finding: isRevoked ? 'revoked' : 'valid' };
}

async function entryOf(tx: Tx, id: string): Promise<EntryRow | null> {
  const [row] = await tx.query<EntryRow[]>(
    `select id, country, competences from authority_entry where id = $1 and removed_at is null`,
    [id],
  );
  return row ?? null;
}

/** Whom the form names, if the register has one of that name in that State. It says whom to call, and proves nothing. */
async function claimedBy(tx: Tx, { a, e }: AnnexI): Promise<EntryRow | null> {
  const rows = await tx.query<EntryRow[]>(
    `select id, country, competences from authority_entry
     where removed_at is null and country = $1 and lower(name) = lower($2) order by confirmed_at desc limit 2`,
    [a.issuingMemberState, e.name],
  );
  return rows.length === 1 ? (rows[0] ?? null) : null;
}

async function addresseeOf(tx: Tx, organisationId: string): Promise<Addressee> {
  const { name, legalRepresentative, hosts, contacts, homeCountry } = await providerOf(tx, organisationId);
  return {
    names: [name, ...(legalRepresentative === null ? [] : [legalRepresentative])],
    contacts: [...contacts.map(({ value }) => value), ...hosts],
    hosts,
    homeCountry,
  };
}
