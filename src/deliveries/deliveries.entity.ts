import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Channel } from '../domain/vocabulary';
import type { DeliveredEvent } from '../notices/delivery-job';

/** `told`: the platform was told, which proves no receipt. `voided`: what had counted as receipt proved to be none. */
export const DELIVERY_STATES = ['waiting', 'told', 'delivered', 'failed', 'cancelled', 'voided'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** `refused`: trying again would change nothing. `interrupted`: the worker ended before it could say what came of it. */
export const ATTEMPT_OUTCOMES = ['receipt', 'told', 'refused', 'failed', 'interrupted'] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/**
 * What the receipt rests on. `exchanger`: the 250 of the recipient's own mail exchanger. `relay`: that of a relay which the operator
 * has declared to be trusted. `report`: a delivery report (RFC 3464) that says `delivered`.
 */
export const PROOFS = ['webhook', 'exchanger', 'relay', 'report', 'inbox', 'feed'] as const;
export type Proof = (typeof PROOFS)[number];

/** Of a test of a contact point. */
export const PING_STATES = ['waiting', 'answered', 'unanswered'] as const;
export type PingState = (typeof PING_STATES)[number];

/** `code`: somebody opened the page that a mail names and pressed its button. */
export const PING_ANSWERS = ['webhook', 'person', 'code'] as const;
export type PingAnswer = (typeof PING_ANSWERS)[number];

/** In what the few words to a contact point are written. */
export const CONTACT_LANGUAGES = ['en', 'fr', 'de'] as const;
export type ContactLanguage = (typeof CONTACT_LANGUAGES)[number];

/** An address of a platform's own system. Its secret is kept wrapped under the installation's master key. */
@Entity('webhook_endpoint')
@Index('webhook_endpoint_organisation', ['organisationId', 'createdAt'])
export class WebhookEndpoint {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'webhook_endpoint_pk' })
  id!: string;

  @Column({ type: 'uuid', name: 'organisation_id' })
  organisationId!: string;

  @Column({ type: 'text' })
  url!: string;

  @Column({ type: 'text', name: 'secret_key_id' })
  secretKeyId!: string;

  @Column({ type: 'bytea', name: 'secret_wrapped' })
  secretWrapped!: Buffer;

  /** The secret before the last rotation, with which we sign as well until `previousUntil`. */
  @Column({ type: 'text', name: 'previous_key_id', nullable: true })
  previousKeyId!: string | null;

  @Column({ type: 'bytea', name: 'previous_wrapped', nullable: true })
  previousWrapped!: Buffer | null;

  @Column({ type: 'timestamptz', name: 'previous_until', precision: 3, nullable: true })
  previousUntil!: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'rotated_at', precision: 3, nullable: true })
  rotatedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'disabled_at', precision: 3, nullable: true })
  disabledAt!: Date | null;

  /** One after another, without a success between them. */
  @Column({ type: 'int', default: 0 })
  failures!: number;

  /** How often it was left alone since it last answered. */
  @Column({ type: 'int', default: 0 })
  openings!: number;

  @Column({ type: 'timestamptz', name: 'open_until', precision: 3, nullable: true })
  openUntil!: Date | null;

  /** When the one call that tries it again went out. */
  @Column({ type: 'timestamptz', name: 'probed_at', precision: 3, nullable: true })
  probedAt!: Date | null;
}

/** One way to reach an organisation; the lowest position is tried first. */
@Entity('contact_point')
@Index('contact_point_organisation', ['organisationId', 'position'])
@Index('contact_point_inbox_once', ['organisationId'], {
  unique: true,
  where: "channel = 'inbox' and removed_at is null",
})
@Index('contact_point_endpoint_once', ['endpointId'], { unique: true, where: 'removed_at is null' })
@Index('contact_point_feed_once', ['organisationId'], {
  unique: true,
  where: "channel = 'feed' and removed_at is null",
})
@Index('contact_point_address_once', ['organisationId', 'address'], { unique: true, where: 'removed_at is null' })
@Index('contact_point_pager_once', ['pagerId'], { unique: true, where: 'removed_at is null' })
export class ContactPoint {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'contact_point_pk' })
  id!: string;

  @Column({ type: 'uuid', name: 'organisation_id' })
  organisationId!: string;

  @Column({ type: 'text' })
  channel!: Channel;

  @Column({ type: 'uuid', name: 'endpoint_id', nullable: true })
  endpointId!: string | null;

  /** Of the channel `mail`. */
  @Column({ type: 'text', nullable: true })
  address!: string | null;

  @Column({ type: 'text', nullable: true })
  language!: ContactLanguage | null;

  @Column({ type: 'uuid', name: 'pager_id', nullable: true })
  pagerId!: string | null;

  @Column({ type: 'int' })
  position!: number;

  @Column({ type: 'timestamptz', name: 'confirmed_at', precision: 3, nullable: true })
  confirmedAt!: Date | null;

  @Column({ type: 'uuid', name: 'confirmed_by', nullable: true })
  confirmedBy!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'removed_at', precision: 3, nullable: true })
  removedAt!: Date | null;

  /** When it was last asked whether it answers, and what came of that. */
  @Column({ type: 'timestamptz', name: 'last_ping_at', precision: 3, nullable: true })
  lastPingAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'last_answered_at', precision: 3, nullable: true })
  lastAnsweredAt!: Date | null;

  @Column({ type: 'text', name: 'ping_state', nullable: true })
  pingState!: PingState | null;
}

/** One event of a notice over one channel. Its id is the `webhook-id`: a repeat carries the same one. */
@Entity('delivery')
@Unique('delivery_once', ['noticeId', 'event', 'subjectId', 'channel', 'endpointId', 'contactId'])
@Index('delivery_endpoint', ['endpointId', 'createdAt', 'id'], { where: 'endpoint_id is not null' })
export class Delivery {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'delivery_pk' })
  id!: string;

  @Column({ type: 'uuid', name: 'notice_id' })
  noticeId!: string;

  @Column({ type: 'uuid', name: 'sender_id' })
  senderId!: string;

  @Column({ type: 'uuid', name: 'recipient_id' })
  recipientId!: string;

  @Column({ type: 'text' })
  event!: DeliveredEvent;

  @Column({ type: 'text' })
  channel!: Channel;

  @Column({ type: 'uuid', name: 'endpoint_id', nullable: true })
  endpointId!: string | null;

  /** Null for an inbox that nobody declared, and for deliveries of before. */
  @Column({ type: 'uuid', name: 'contact_id', nullable: true })
  contactId!: string | null;

  /** Which of several events of one kind. */
  @Column({ type: 'uuid', name: 'subject_id', nullable: true })
  subjectId!: string | null;

  @Column({ type: 'int' })
  position!: number;

  @Column({ type: 'text' })
  state!: DeliveryState;

  @Column({ type: 'int', default: 0 })
  attempts!: number;

  @Column({ type: 'timestamptz', name: 'receipt_at', precision: 3, nullable: true })
  receiptAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  proof!: Proof | null;

  @Column({ type: 'timestamptz', name: 'voided_at', precision: 3, nullable: true })
  voidedAt!: Date | null;

  /** When it was this channel's turn. */
  @Column({ type: 'timestamptz', name: 'begun_at', precision: 3, nullable: true })
  begunAt!: Date | null;

  /** Why the channel was given up: a problem code or `status-<n>`. */
  @Column({ type: 'text', nullable: true })
  failure!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'ended_at', precision: 3, nullable: true })
  endedAt!: Date | null;
}

/** One try. Written before the call goes out, so that an interrupted one is known. */
@Entity('delivery_attempt')
@Index('delivery_attempt_under_way', ['deliveryId'], { where: 'ended_at is null' })
export class DeliveryAttempt {
  @PrimaryColumn('uuid', { name: 'delivery_id', primaryKeyConstraintName: 'delivery_attempt_pk' })
  deliveryId!: string;

  @PrimaryColumn('int', { name: 'attempt_no', primaryKeyConstraintName: 'delivery_attempt_pk' })
  attemptNo!: number;

  @Column({ type: 'timestamptz', name: 'started_at', precision: 3 })
  startedAt!: Date;

  @Column({ type: 'timestamptz', name: 'ended_at', precision: 3, nullable: true })
  endedAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  outcome!: AttemptOutcome | null;

  /** HTTP or SMTP status of the other side. */
  @Column({ type: 'int', nullable: true })
  status!: number | null;

  @Column({ type: 'text', nullable: true })
  problem!: string | null;

  /** The last line of a mail server, which is what proves that it has taken the message. */
  @Column({ type: 'text', nullable: true })
  response!: string | null;

  /** The platform had asked for it again. */
  @Column({ type: 'boolean', default: false })
  replay!: boolean;
}
