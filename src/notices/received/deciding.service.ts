import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import { fromBase64url, jwkOf, thumbprintOf, checkJws } from '../../domain/forms/jws';
import { orderRefusalOf, type AuthorityCompetence } from '../../domain/union';
import type { ReceivedState } from '../../domain/received-orders';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { append } from '../../ledger/append';
import { verifyEd25519 } from '../forms/ed25519';
import type { OrderForm } from './handed-in';
import type { GenuineDto, NotGenuineDto, ReceivedKeyView, ReceivedOrderDetailView } from './received.dto';
import { detailOf, lockReceived, receivedOf, type ReceivedRow } from './received.queries';
import { takeUpOrder } from './taking-up-outside';

interface Entry {
  readonly id: string;
  readonly country: string;
  readonly competences: AuthorityCompetence[];
  readonly organisation_id: string | null;
}

interface KeyRow {
  readonly kid: string;
  readonly authority_id: string;
  readonly name: string;
  readonly public_key: Buffer;
  readonly pinned_at: Date;
  readonly retired_at: Date | null;
  readonly received_order_id: string;
}

/** People find out whether an order that waits is genuine (rec. 35), by a road that the order did not name. */
@Injectable()
export class Deciding {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /**
   * The second of two people: it is genuine, and its hour has run since its receipt. With the key that signed it, compared by
   * another road, later orders of that key are recognised at once.
   * @throws DomainError `received-order.decided`, `received-order.no-form`, `received-order.authority`, `received-order.key`
   */
  genuine(actor: Actor, id: string, dto: GenuineDto): Promise<ReceivedOrderDetailView> {
    return this.work.run(actor, async (tx) => {
      const row = await lockWaiting(tx, id, dto.overturn === true ? 'not_genuine' : 'quarantined');
      if (!row.form) throw new DomainError('received-order.no-form');
      const entry = await issuerOf(tx, dto.authorityId, row.form);
      const at = this.clock.now();
      const key = dto.publicKey === undefined ? null : keyOf(row, row.form, dto.publicKey);
      if (key) await pin(tx, actor, row, { ...key, authorityId: entry.id, at });
      await tx.query(
        `update received_order set state = 'genuine', authority_id = $2, is_verified = is_verified or $3, decided_at = $4, decided_by = $5,
           decision_note = $6, kid = coalesce($7, kid), jws = coalesce($8, jws), refutations = '{}' where id = $1`,
        [id, entry.id, key !== null, at, actor.personId, dto.reason, key?.kid ?? null, key?.jws ?? null],
      );
      await append(tx, {
        kind: 'received-order.genuine',
        actor,
        at,
        subjects: { receivedOrder: id, authority: entry.id },
        dims: {
          receivedAt: row.received_at.toISOString(),
          reasons: row.reasons,
          kid: key?.kid ?? null,
          overturns: dto.overturn === true,
        },
        internal: { reason: dto.reason },
        audience: [actor.organisationId],
      });
      await takeUpOrder(tx, actor, id, at);
      return detailOf(tx, id);
    });
  }

  /** One person is enough to say no: nothing runs, and the authority that is named is told where it is one of this installation. */
  notGenuine(actor: Actor, id: string, dto: NotGenuineDto): Promise<ReceivedOrderDetailView> {
    if (actor.personId === null || actor.via === 'api-key') {
      throw new DomainError('auth.not-permitted', { reason: 'a person has to do this, not a key' });
    }
    return this.work.run(actor, async (tx) => {
      const row = await lockWaiting(tx, id);
      const at = this.clock.now();
      await tx.query(
        `update received_order set state = 'not_genuine', refutations = $2, decided_at = $3, decided_by = $4, decision_note = $5 where id = $1`,
        [id, dto.refutations, at, actor.personId, dto.reason],
      );
      const claimed = row.authority_id ? await entryOf(tx, row.authority_id) : null;
      const reference = row.form?.content.a.reference;
      await append(tx, {
        kind: 'received-order.not-genuine',
        actor,
        at,
        subjects: { receivedOrder: id, ...(claimed ? { authority: claimed.id } : {}) },
        dims: { receivedAt: row.received_at.toISOString(), reasons: row.reasons, refutations: dto.refutations },
        ...(reference === undefined ? {} : { shared: { reference } }),
        internal: { reason: dto.reason },
        audience: [actor.organisationId, ...(claimed?.organisation_id ? [claimed.organisation_id] : [])],
      });
      return detailOf(tx, id);
    });
  }

  keys(actor: Actor): Promise<ReceivedKeyView[]> {
    return this.work.read(actor, keysOf);
  }

  /** From now on it recognises nothing. @throws DomainError `request.not-found` */
  retire(actor: Actor, kid: string): Promise<ReceivedKeyView[]> {
    return this.work.run(actor, async (tx) => {
      const at = this.clock.now();
      const [rows] = await tx.query<[{ authority_id: string }[], number]>(
        `update received_order_key set retired_at = $2 where kid = $1 and retired_at is null returning authority_id`,
        [kid, at],
      );
      const [retired] = rows;
      if (!retired) throw new DomainError('request.not-found');
      await append(tx, {
        kind: 'received-order.key-retired',
        actor,
        at,
        subjects: { authority: retired.authority_id },
        dims: { kid },
        audience: [actor.organisationId],
      });
      return keysOf(tx);
    });
  }
}

/** Whoever agrees, this cannot be found genuine: nobody is asked to. @throws DomainError `received-order.decided`, `.no-form` */
export async function assertUndecided(tx: Tx, id: string): Promise<void> {
  const { state, form } = await receivedOf(tx, id);
  if (state === 'recognised' || state === 'genuine') throw new DomainError('received-order.decided', { state });
  if (!form) throw new DomainError('received-order.no-form');
}

async function lockWaiting(tx: Tx, id: string, state: ReceivedState = 'quarantined'): Promise<ReceivedRow> {
  const row = await lockReceived(tx, id);
  if (row.state !== state) throw new DomainError('received-order.decided', { state: row.state });
  return row;
}

async function entryOf(tx: Tx, id: string): Promise<Entry | null> {
  const [entry] = await tx.query<Entry[]>(
    `select id, country, competences, organisation_id from authority_entry where id = $1 and removed_at is null`,
    [id],
  );
  return entry ?? null;
}

/** Whoever may not order has issued none, however genuine the letter is (Art. 3(1), 12(1)(a)). */
async function issuerOf(tx: Tx, authorityId: string, form: OrderForm): Promise<Entry> {
  const entry = await entryOf(tx, authorityId);
  const reason = orderRefusalOf(entry);
  if (!entry || reason !== null) throw new DomainError('received-order.authority', { reason });
  if (entry.country !== form.content.a.issuingMemberState) {
    throw new DomainError('received-order.authority', { reason: 'issuing_state' });
  }
  return entry;
}

interface SigningKey {
  readonly kid: string;
  readonly publicKey: Buffer;
  /** The signature of it that was received. */
  readonly jws: string;
}

/** @throws DomainError `received-order.key` unless this very key signed this very form */
function keyOf(row: ReceivedRow, form: OrderForm, encoded: string): SigningKey {
  const publicKey = bytesOf(encoded);
  const kid = thumbprintOf(publicKey);
  const received = [...(row.jws === null ? [] : [row.jws]), ...row.other_jws];
  const jws = received.find((one) => checkJws(form, one, { keys: [jwkOf(publicKey)] }, verifyEd25519).ok);
  if (jws === undefined)
    throw new DomainError('received-order.key', { reason: received.length === 0 ? 'unsigned' : 'another_key' });
  return { kid, publicKey, jws };
}

function bytesOf(encoded: string): Buffer {
  try {
    return Buffer.from(fromBase64url(encoded));
  } catch {
    throw new DomainError('request.invalid', {}, [{ pointer: '/publicKey', detail: 'is not base64url of 32 bytes' }]);
  }
}

interface Pin {
  readonly kid: string;
  readonly publicKey: Buffer;
  readonly authorityId: string;
  readonly at: Date;
}

async function pin(tx: Tx, actor: Actor, row: ReceivedRow, { kid, publicKey, authorityId, at }: Pin): Promise<void> {
  const inserted = await tx.query<unknown[]>(
    `insert into received_order_key (organisation_id, kid, authority_id, public_key, received_order_id, pinned_at)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning kid`,
    [actor.organisationId, kid, authorityId, publicKey, row.id, at],
  );
  if (inserted.length === 0) {
    const same = await tx.query<unknown[]>(
      `select 1 from received_order_key where kid = $1 and authority_id = $2 and retired_at is null`,
      [kid, authorityId],
    );
    // One that was retired, or is another authority's, is not believed again because somebody says so.
    if (same.length === 0) throw new DomainError('received-order.key', { reason: 'known_otherwise' });
    return;
  }
  await append(tx, {
    kind: 'received-order.key-pinned',
    actor,
    at,
    subjects: { receivedOrder: row.id, authority: authorityId },
    dims: { kid },
    audience: [actor.organisationId],
  });
}

async function keysOf(tx: Tx): Promise<ReceivedKeyView[]> {
  const rows = await tx.query<KeyRow[]>(
    `select k.kid, k.authority_id, e.name, k.public_key, k.pinned_at, k.retired_at, k.received_order_id
     from received_order_key k join authority_entry e on e.id = k.authority_id order by k.pinned_at desc, k.kid`,
  );
  return rows.map((row) => ({
    kid: row.kid,
    authorityId: row.authority_id,
    authorityName: row.name,
    publicKey: row.public_key.toString('base64url'),
    pinnedAt: row.pinned_at.toISOString(),
    retiredAt: row.retired_at?.toISOString() ?? null,
    receivedOrderId: row.received_order_id,
  }));
}
