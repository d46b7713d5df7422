import type { DeadlineFact, Mark, Timing } from '../domain/clock';
import type { NoticeEvent, NoticeState } from '../domain/notice-lifecycle';
import type {
  Category,
  Channel,
  ClockKind,
  DeclineReason,
  ItemKind,
  ItemOutcome,
  NoticeKind,
  PreservationState,
} from '../domain/vocabulary';
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
  preservation!: PreservationState | null;
  /** `late_feedback`: told after the hour about a measure within it. */
  late!: Timing;
  /** 1 for the first answer; a correction counts on. */
  revision!: number;
}

export class NoticeItemView {
  itemId!: string;
  kind!: ItemKind;
  address!: string;
  uploadedAt!: string | null;
  answer!: AnswerView | null;
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
  /** When an answer showed that every item had been dealt with in time. */
  correctedAt!: string | null;
}

export class ClockView {
  kind!: ClockKind;
  state!: 'running' | 'stopped';
  startedAt!: string;
  dueAt!: string;
  stoppedAt!: string | null;
  nextMarkAt!: string | null;
  fact!: FactView | null;
  marks!: MarkView[];
}

export class DeliverySummary {
  id!: string;
  event!: 'notice.sent' | 'notice.withdrawn';
  channel!: Channel;
  state!: 'waiting' | 'delivered' | 'failed' | 'cancelled';
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
  sentAt!: string | null;
  receivedAt!: string | null;
  receiptChannel!: ReceiptChannel | null;
  acknowledgedAt!: string | null;
  answeredAt!: string | null;
  closedAt!: string | null;
  withdrawnAt!: string | null;
  withdrawalReason!: string | null;
  clock!: ClockView | null;
  /** What may be done with it next. */
  possible!: NoticeEvent[];
  /** The sender's alone: null for the platform. */
  caseId!: string | null;
  /** The sender's alone: null for the platform. */
  deliveries!: DeliverySummary[] | null;
}
