import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../domain/errors';
import { receiptOf } from '../../domain/received-orders';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { append } from '../../ledger/append';
import { FormDocuments } from '../forms/form-documents.service';
import { examine, type Examined } from './examining';
import { readHandedIn, type HandedIn } from './handed-in';
import type { ReceivedOrderDetailView } from './received.dto';
import { detailOf, lockByIdentity, type ReceivedRow } from './received.queries';
import { takeUpOrder } from './taking-up-outside';

interface Intake extends HandedIn {
  readonly at: Date;
  /** The earlier one of what the platform states and our intake. */
  readonly receivedAt: Date;
}

/** Orders that reached a platform outside of this installation: by mail, by another Clepsydra, on paper. */
@Injectable()
export class HandingIn {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly documents: FormDocuments,
  ) {}

  /**
   * Records what was received, and when, whoever sent it (rec. 35): recognised, with its hour running, or waiting for people. The
   * same form again is the same record, looked at anew while it waits.
   * @throws DomainError `received-order.in-the-future`, and as `readHandedIn`
   */
  async handIn(actor: Actor, request: FastifyRequest): Promise<ReceivedOrderDetailView> {
    const handedIn = await readHandedIn(request, this.documents, actor.organisationId);
    const at = this.clock.now();
    const receivedAt = receiptOf(handedIn.dto.receivedAt ?? null, at);
    if (receivedAt === null) throw new DomainError('received-order.in-the-future');
    const intake = { ...handedIn, at, receivedAt };
    return this.work.run(actor, async (tx) => {
      const known = await lockByIdentity(tx, actor, intake.content.identityDigest);
      const id = known ? known.id : await first(tx, actor, intake);
      // Somebody else handed it in at the same instant.
      const row = known ?? (id === null ? await lockByIdentity(tx, actor, intake.content.identityDigest) : null);
      if (row) await again(tx, actor, intake, row);
      const found = row?.id ?? id;
      if (!found) throw new DomainError('request.unavailable');
      return detailOf(tx, found);
    });
  }
}

/** Null where the same form was there when this one was written. */
async function first(tx: Tx, actor: Actor, intake: Intake): Promise<string | null> {
  const { dto, content, at, receivedAt } = intake;
  const examined = await examine(tx, actor.organisationId, content, receivedAt);
  const id = uuidv7();
  const inserted = await tx.query<unknown[]>(
    `insert into received_order (id, organisation_id, state, reasons, errors, handed_in_at, handed_in_by, stated_channel, stated_receipt_at,
       received_at, document_kind, document_digest, identity_digest, form, faults, jws, kid, is_verified, authority_id, checked_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $6)
     on conflict on constraint received_order_once do nothing returning id`,
    [
      id,
      actor.organisationId,
      examined.state,
      examined.reasons,
      examined.errors,
      at,
      actor.personId,
      dto.channel,
      dto.receivedAt ?? null,
      receivedAt,
      content.kind,
      content.documentDigest,
      content.identityDigest,
      content.form ? JSON.stringify(content.form) : null,
      JSON.stringify(content.faults),
      content.jws,
      examined.kid,
      examined.isVerified,
      examined.authorityId,
    ],
  );
  if (inserted.length === 0) return null;
  await noteReceived(tx, actor, id, intake);
  await settle(tx, actor, id, examined, intake);
  return id;
}

/**
 * What waits is looked at anew: its key may have become known since, its signature may have come with it now, and an earlier
 * receipt stands. What has been decided stays.
 */
async function again(tx: Tx, actor: Actor, intake: Intake, row: ReceivedRow): Promise<void> {
  if (row.state !== 'quarantined') return;
  const { at, dto, content } = intake;
  const isEarlier = intake.receivedAt < row.received_at;
  const receivedAt = isEarlier ? intake.receivedAt : row.received_at;
  const known = { form: row.form, jws: row.jws, without: content.without };
  const given = { ...known, jws: content.jws ?? row.jws };
  const withGiven = await examine(tx, actor.organisationId, given, receivedAt);
  // A worse signature takes nothing from what is there: anybody can send the same form with one. It is kept beside it all the same.
  const takesGiven = row.jws === null || withGiven.isVerified;
  const jws = takesGiven ? given.jws : row.jws;
  const beside = takesGiven || withGiven.kid === null ? row.jws : content.jws;
  const examined = takesGiven ? withGiven : await examine(tx, actor.organisationId, known, receivedAt);
  await tx.query(
    `update received_order set state = $2, reasons = $3, errors = $4, jws = $5, kid = $6, is_verified = $7, authority_id = $8, checked_at = $9,
       stated_channel = case when $10 then $11 else stated_channel end, stated_receipt_at = case when $10 then $12 else stated_receipt_at end,
       received_at = $13, other_jws = $14 where id = $1`,
    [
      row.id,
      examined.state,
      examined.reasons,
      examined.errors,
      jws,
      examined.kid,
      examined.isVerified,
      examined.authorityId,
      at,
      isEarlier,
      dto.channel,
      dto.receivedAt ?? null,
      receivedAt,
      othersThan(jws, [beside, ...row.other_jws]),
    ],
  );
  if (isEarlier) await noteReceived(tx, actor, row.id, intake);
  const isOtherwise =
    `${examined.reasons.join()};${examined.errors.join()}` !== `${row.reasons.join()};${row.errors.join()}`;
  if (examined.state === 'recognised' || isOtherwise) await settle(tx, actor, row.id, examined, { at, receivedAt });
}

const MOST_OTHERS = 8;

/** The latest, each once; the first eight are enough for people to look at, and nobody fills a table with more. */
const othersThan = (jws: string | null, all: readonly (string | null)[]): readonly string[] =>
  [...new Set(all.flatMap((one) => (one === null || one === jws ? [] : [one])))].slice(0, MOST_OTHERS);

/** Receipt first: whatever it proves to be, this is when it came. */
async function noteReceived(tx: Tx, actor: Actor, id: string, { dto, content, at, receivedAt }: Intake): Promise<void> {
  await append(tx, {
    kind: 'received-order.received',
    actor,
    at,
    subjects: { receivedOrder: id },
    dims: {
      receivedAt: receivedAt.toISOString(),
      statedReceiptAt: dto.receivedAt?.toISOString() ?? null,
      handedInAt: at.toISOString(),
      channel: dto.channel,
      document: content.kind,
      sha256: content.documentDigest.toString('hex'),
    },
    audience: [actor.organisationId],
  });
}

async function settle(
  tx: Tx,
  actor: Actor,
  id: string,
  { state, reasons, errors, kid, authorityId }: Examined,
  { at, receivedAt }: Pick<Intake, 'at' | 'receivedAt'>,
): Promise<void> {
  const isRecognised = state === 'recognised';
  await append(tx, {
    kind: isRecognised ? 'received-order.recognised' : 'received-order.quarantined',
    actor,
    at,
    subjects: { receivedOrder: id, ...(authorityId ? { authority: authorityId } : {}) },
    dims: { receivedAt: receivedAt.toISOString(), kid, ...(isRecognised ? {} : { reasons, errors }) },
    audience: [actor.organisationId],
  });
  if (isRecognised) await takeUpOrder(tx, actor, id, at);
}
