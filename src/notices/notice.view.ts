import type { Correction, DeadlineFact, Mark, Timing } from '../domain/clock';
import type { NoticeEvent, NoticeState } from '../domain/notice-lifecycle';
import type {
  AnnulmentGround,
  Category,
  Channel,
  ClockKind,
  DeclineReason,
  ItemKind,
  ItemOutcome,
  NoticeKind,
  ObstacleGround,
  ObstacleKind,
  PreservationState,
  ReinstatementGround,
  ReinstatementOutcome,
  Territory,
} from '../domain/vocabulary';
import type { DeliveredEvent } from './delivery-job';
import { OrderView } from './orders/order.view';
import type { ReceiptChannel, RequestedAction } from './notice.entity';

export class PartyView {
  id!: string;
  name!: string;
}

export class AnswerView {
  outcome!: ItemOutcome;
  /** The platform's claimed time of the measure. */
  measureAt!: string | null;
  /** Our own time of having the answer. */
  answeredAt!: string;
  reason!: DeclineReason | null;
  note!: string | null;
  /** Null: wherever the service is. */
  territory!: Territory | null;
  /** Your file reference, as the platform gave it (Annex II, A). */
  addresseeRef!: string | null;
  authorisedPerson!: string | null;
  preservation!: PreservationState | null;
  /** `late_feedback`: told after the hour about a measure within it. */
  late!: Timing;
  /** 1 for the first answer; a correction counts on. */
  revision!: number;
}

/** How far the platform's preservation of an item has come: beside its answer, and later than it. */
export class PreservationView {
  state!: PreservationState;
  changedAt!: string;
  /** When the platform destroyed the item for good. */
  deletedAt!: string | null;
}

export class ReinstatementView {
  ground!: ReinstatementGround;
  askedAt!: string;
  /** Null while it is open. */
  outcome!: ReinstatementOutcome | null;
  doneAt!: string | null;
  answeredAt!: string | null;
  reason!: string | null;
}

/** Annex III: what keeps the platform from acting. */
export class ObstacleView {
  kind!: ObstacleKind;
  ground!: ObstacleGround;
  explanation!: string;
  needed!: string | null;
  /** As the platform says. */
  since!: string;
  /** When we were told. */
  raisedAt!: string;
  clarification!: string | null;
  clarifiedAt!: string | null;
  endedAt!: string | null;
}

export class NoticeItemView {
  itemId!: string;
  kind!: ItemKind;
  address!: string;
  uploadedAt!: string | null;
  answer!: AnswerView | null;
  preservation!: PreservationView | null;
  /** The last time that it was asked for. */
  reinstatement!: ReinstatementView | null;
}

export class MarkView {
  /** Minutes of the hour. */
  mark!: Mark;
  at!: string;
  /** It was overtaken during an outage: nobody is paged for it. */
  stale!: boolean;
}

export class FactView {
  kind!: DeadlineFact;
  /** The deadline itself, whatever happened meanwhile. */
  at!: string;
  /** `late_feedback`: every item had been dealt with in time. `not_running`: an obstacle had halted the clock before. */
  correction!: Correction | null;
  correctedAt!: string | null;
}

export class ClockView {
  kind!: ClockKind;
  state!: 'running' | 'paused' | 'stopped';
  /** 1 for the first; the full time again after each obstacle. */
  run!: number;
  startedAt!: string;
  dueAt!: string;
  /** From when on an obstacle halts it. */
  pausedAt!: string | null;
  stoppedAt!: string | null;
  nextMarkAt!: string | null;
  fact!: FactView | null;
  marks!: MarkView[];
}

export class DeliverySummary {
  id!: string;
  event!: DeliveredEvent;
  channel!: Channel;
  /** `told`: the platform was told, and nothing proves receipt. `voided`: what had proved receipt was none. */
  state!: 'waiting' | 'delivered' | 'told' | 'failed' | 'cancelled' | 'voided';
  attempts!: number;
  /** When this channel proved receipt. */
  receiptAt!: string | null;
}

export class NoticeView {
  id!: string;
  reference!: string;
  kind!: NoticeKind;
  state!: NoticeState;
  version!: number;
  sender!: PartyView;
  platform!: PartyView;
  category!: Category;
  language!: string;
  grounds!: string | null;
  requestedAction!: RequestedAction;
  items!: NoticeItemView[];
  createdAt!: string;
  /** While it can be called back: when it leaves. */
  departsAt!: string | null;
  sentAt!: string | null;
  /** When every channel had been tried and none had reached the platform; tried again all the same. */
  unreachedAt!: string | null;
  receivedAt!: string | null;
  receiptChannel!: ReceiptChannel | null;
  acknowledgedAt!: string | null;
  /** When a machine of the platform first had it: a channel proved receipt, or a key acted. */
  machineAckAt!: string | null;
  /** When a person of the platform first acted on it: an acknowledgement by a key alone is none. */
  humanAckAt!: string | null;
  answeredAt!: string | null;
  closedAt!: string | null;
  withdrawnAt!: string | null;
  withdrawalReason!: string | null;
  annulledAt!: string | null;
  annulmentGround!: AnnulmentGround | null;
  /** In the order in which they were raised. */
  obstacles!: ObstacleView[];
  /** When a person of the authority recorded that the order was not complied with. */
  nonComplianceAt!: string | null;
  clock!: ClockView | null;
  /** What may be done with it next. */
  possible!: NoticeEvent[];
  /** What an order states beside its notice; null for a referral. */
  order!: OrderView | null;
  /** The referral that this order carries on; the sender's alone. */
  escalatedFrom!: string | null;
  /** The authority of the provider's Member State that has the copy (Art. 4(1)). */
  homeAuthorityId!: string | null;
  /** The sender's alone: null for the platform. */
  caseId!: string | null;
  /** The sender's alone: null for the platform. */
  deliveries!: DeliverySummary[] | null;
}
