import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Timing } from '../domain/clock';
import type { NoticeState } from '../domain/notice-lifecycle';
import type {
  AnnulmentGround,
  Category,
  DeclineReason,
  Ideology,
  ItemKind,
  ItemOutcome,
  NoticeKind,
  PlatformSize,
  PreservationState,
  Territory,
} from '../domain/vocabulary';

/** `answer`: no channel proved receipt, and the platform's acknowledgement or answer is its only sign. */
export const RECEIPT_CHANNELS = ['webhook', 'mail', 'inbox', 'feed', 'answer'] as const;
export type ReceiptChannel = (typeof RECEIPT_CHANNELS)[number];

export const REQUESTED_ACTIONS = ['review', 'review_and_preserve'] as const;
export type RequestedAction = (typeof REQUESTED_ACTIONS)[number];

@Entity('notice')
@Unique('notice_reference_unique', ['reference'])
@Index('notice_sender', ['senderId', 'createdAt'])
@Index('notice_recipient', ['recipientId', 'sentAt'])
@Index('notice_departing', ['departsAt'], { where: 'departs_at is not null' })
@Index('notice_home_authority', ['homeAuthorityId', 'sentAt'], { where: 'home_authority_id is not null' })
@Index('notice_first_order', ['senderId', 'recipientId'], { where: "kind = 'removal_order' and sent_at is not null" })
export class Notice {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'notice_pk' })
  id!: string;

  @Column({ type: 'text' })
  reference!: string;

  @Column({ type: 'text' })
  kind!: NoticeKind;

  @Column({ type: 'text' })
  state!: NoticeState;

  @Column({ type: 'int', default: 1 })
  version!: number;

  @Column({ type: 'uuid', name: 'sender_id' })
  senderId!: string;

  @Column({ type: 'uuid', name: 'recipient_id' })
  recipientId!: string;

  @Column({ type: 'text' })
  category!: Category;

  @Column({ type: 'text' })
  ideology!: Ideology;

  @Column({ type: 'text' })
  language!: string;

  @Column({ type: 'text', nullable: true })
  grounds!: string | null;

  @Column({ type: 'text', name: 'requested_action' })
  requestedAction!: RequestedAction;

  /** Stamped when it is sent, so that figures do not move with what the parties become later. */
  @Column({ type: 'text', name: 'sender_country', nullable: true })
  senderCountry!: string | null;

  @Column({ type: 'text', name: 'platform_size', nullable: true })
  platformSize!: PlatformSize | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'sent_at', precision: 3, nullable: true })
  sentAt!: Date | null;

  /** When every channel had been tried and none had reached the platform. It stays when one does later. */
  @Column({ type: 'timestamptz', name: 'unreached_at', precision: 3, nullable: true })
  unreachedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'received_at', precision: 3, nullable: true })
  receivedAt!: Date | null;

  @Column({ type: 'text', name: 'receipt_channel', nullable: true })
  receiptChannel!: ReceiptChannel | null;

  @Column({ type: 'timestamptz', name: 'acknowledged_at', precision: 3, nullable: true })
  acknowledgedAt!: Date | null;

  /** When a key of the platform first acted on it. */
  @Column({ type: 'timestamptz', name: 'system_ack_at', precision: 3, nullable: true })
  systemAckAt!: Date | null;

  /** When a person of the platform first did, signed in or by the link in a mail. */
  @Column({ type: 'timestamptz', name: 'human_ack_at', precision: 3, nullable: true })
  humanAckAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'answered_at', precision: 3, nullable: true })
  answeredAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'closed_at', precision: 3, nullable: true })
  closedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'withdrawn_at', precision: 3, nullable: true })
  withdrawnAt!: Date | null;

  /** While it is on its way out: when it leaves unless it is called back. */
  @Column({ type: 'timestamptz', name: 'departs_at', precision: 3, nullable: true })
  departsAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'annulled_at', precision: 3, nullable: true })
  annulledAt!: Date | null;

  @Column({ type: 'text', name: 'annulment_ground', nullable: true })
  annulmentGround!: AnnulmentGround | null;

  /** Of an order from another Member State: the authority of the provider's (Art. 4), which reads it from its sending on. */
  @Column({ type: 'uuid', name: 'home_authority_id', nullable: true })
  homeAuthorityId!: string | null;

  /** The referral of which this order is the next step, in the same case. */
  @Column({ type: 'uuid', name: 'escalated_from', nullable: true })
  escalatedFrom!: string | null;

  @Column({ type: 'text', name: 'withdrawal_reason', nullable: true })
  withdrawalReason!: string | null;
}

/** What was sent about one item, verbatim: the platform never needs the case. */
@Entity('notice_item')
@Unique('notice_item_position_once', ['noticeId', 'position'])
@Index('notice_item_item', ['itemId'])
export class NoticeItem {
  @PrimaryColumn('uuid', { name: 'notice_id', primaryKeyConstraintName: 'notice_item_pk' })
  noticeId!: string;

  @PrimaryColumn('uuid', { name: 'item_id', primaryKeyConstraintName: 'notice_item_pk' })
  itemId!: string;

  @Column({ type: 'int' })
  position!: number;

  @Column({ type: 'text' })
  kind!: ItemKind;

  @Column({ type: 'text' })
  address!: string;

  @Column({ type: 'timestamptz', name: 'uploaded_at', precision: 3, nullable: true })
  uploadedAt!: Date | null;
}

/** One answer about one item. A correction is a further revision; the last one counts. */
@Entity('notice_answer')
@Unique('notice_answer_revision_once', ['noticeId', 'itemId', 'revision'])
export class NoticeAnswer {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'notice_answer_pk' })
  id!: string;

  @Column({ type: 'uuid', name: 'notice_id' })
  noticeId!: string;

  @Column({ type: 'uuid', name: 'item_id' })
  itemId!: string;

  @Column({ type: 'int' })
  revision!: number;

  @Column({ type: 'text' })
  outcome!: ItemOutcome;

  /** When the platform says that it acted. */
  @Column({ type: 'timestamptz', name: 'measure_at', precision: 3, nullable: true })
  measureAt!: Date | null;

  /** When we had the answer. */
  @Column({ type: 'timestamptz', name: 'answered_at', precision: 3 })
  answeredAt!: Date;

  @Column({ type: 'text', nullable: true })
  reason!: DeclineReason | null;

  @Column({ type: 'text', nullable: true })
  note!: string | null;

  @Column({ type: 'text', nullable: true })
  preservation!: PreservationState | null;

  /** Null: wherever the service is. */
  @Column({ type: 'text', nullable: true })
  territory!: Territory | null;

  /** Annex II A: the file reference of the addressee. */
  @Column({ type: 'text', name: 'addressee_ref', nullable: true })
  addresseeRef!: string | null;

  /** Annex II C. */
  @Column({ type: 'text', name: 'authorised_person', nullable: true })
  authorisedPerson!: string | null;

  @Column({ type: 'text' })
  timing!: Timing;
}
