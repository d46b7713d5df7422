import type { Correction, DeadlineFact, Mark, Timing } from '../../src/domain/clock';
import type { NoticeEvent, NoticeState } from '../../src/domain/notice-lifecycle';
import type {
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
} from '../../src/domain/vocabulary';
import type { Receipted } from './api';

export interface NewNotice {
  readonly caseId: string;
  /** Left out: all open items of the case on that platform. */
  readonly itemIds?: readonly string[];
  /** Left out: the one platform of the items. */
  readonly platformId?: string;
  readonly kind: 'referral';
  readonly category?: Category;
  readonly language?: string;
  readonly grounds?: string;
  readonly requestedAction?: 'review' | 'review_and_preserve';
}

export interface ItemAnswer {
  readonly itemId: string;
  readonly outcome: ItemOutcome;
  /** When the platform acted, by its own clock; needed for a measure, refused in the future. */
  readonly measureAt?: string;
  readonly reason?: DeclineReason;
  readonly note?: string;
  /** How far preserving the content has come; never delays the answer. */
  readonly preservation?: PreservationState;
  /** Where the measure takes effect; left out: wherever the service is. */
  readonly territory?: Territory;
}

/** Annex III: what keeps the platform from acting; the clock stands still meanwhile. */
export interface Obstacle {
  readonly kind: ObstacleKind;
  readonly ground: ObstacleGround;
  readonly explanation: string;
  readonly needed: string | null;
  readonly since: string;
  readonly raisedAt: string;
  readonly clarification: string | null;
  readonly clarifiedAt: string | null;
  readonly endedAt: string | null;
}

/** What an order states beside its notice. */
export interface Order {
  readonly legalBasis: string;
  readonly isEmergency: boolean;
  readonly emergencyReasons: string | null;
  readonly homeCountry: string | null;
  readonly isCrossBorder: boolean;
  readonly nonDisclosureUntil: string | null;
  readonly signedAt: string | null;
  readonly kid: string | null;
  /** Detached JWS over Annex I: see `verifyForm`. */
  readonly jws: string | null;
}

export interface NoticeItem {
  readonly itemId: string;
  readonly kind: ItemKind;
  readonly address: string;
  readonly uploadedAt: string | null;
  readonly answer: {
    readonly outcome: ItemOutcome;
    readonly measureAt: string | null;
    readonly answeredAt: string;
    readonly reason: DeclineReason | null;
    readonly note: string | null;
    readonly preservation: PreservationState | null;
    /** `late_feedback`: told after the hour about a measure within it. */
    readonly late: Timing;
    /** 1 for the first answer; a correction counts on. */
    readonly revision: number;
    readonly territory: Territory | null;
  } | null;
  readonly preservation: {
    readonly state: PreservationState;
    readonly changedAt: string;
    readonly deletedAt: string | null;
  } | null;
  readonly reinstatement: {
    readonly ground: ReinstatementGround;
    readonly askedAt: string;
    readonly outcome: ReinstatementOutcome | null;
    readonly reason: string | null;
  } | null;
}

export interface NoticeClock {
  readonly kind: ClockKind;
  readonly state: 'running' | 'paused' | 'stopped';
  /** 1 for the first; the full time again after each obstacle. */
  readonly run: number;
  readonly startedAt: string;
  readonly dueAt: string;
  readonly pausedAt: string | null;
  readonly stoppedAt: string | null;
  readonly nextMarkAt: string | null;
  /** What the clock wrote at the deadline, and never takes back; a correction stands beside it. */
  readonly fact: {
    readonly kind: DeadlineFact;
    readonly at: string;
    readonly correction: Correction | null;
    readonly correctedAt: string | null;
  } | null;
  readonly marks: readonly { readonly mark: Mark; readonly at: string; readonly stale: boolean }[];
}

export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly channel: Channel;
  readonly state: string;
  readonly attempts: number;
  readonly receiptAt: string | null;
}

export interface Notice extends Receipted {
  readonly id: string;
  readonly reference: string;
  readonly kind: NoticeKind;
  readonly state: NoticeState;
  readonly version: number;
  readonly sender: { readonly id: string; readonly name: string };
  readonly platform: { readonly id: string; readonly name: string };
  readonly category: Category;
  readonly language: string;
  readonly grounds: string | null;
  readonly requestedAction: 'review' | 'review_and_preserve';
  readonly items: readonly NoticeItem[];
  /** While it can be called back: when it leaves. */
  readonly departsAt: string | null;
  readonly sentAt: string | null;
  /** When every channel had been tried and none had reached the platform; tried again all the same. */
  readonly unreachedAt: string | null;
  readonly receivedAt: string | null;
  readonly acknowledgedAt: string | null;
  /** When a machine of the platform first had it, and when a person there first acted on it. */
  readonly machineAckAt: string | null;
  readonly humanAckAt: string | null;
  readonly answeredAt: string | null;
  readonly closedAt: string | null;
  readonly withdrawnAt: string | null;
  readonly withdrawalReason: string | null;
  readonly annulledAt: string | null;
  readonly obstacles: readonly Obstacle[];
  /** Null for a referral. */
  readonly order: Order | null;
  readonly clock: NoticeClock | null;
  /** What may be done with it next. */
  readonly possible: readonly NoticeEvent[];
  /** The sender's alone. */
  readonly caseId: string | null;
  readonly deliveries: readonly Delivery[] | null;
}

export type Box = 'inbox' | 'sent';
