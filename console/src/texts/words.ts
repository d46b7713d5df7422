import type { NoticeState } from '../../../src/domain/notice-lifecycle';
import type {
  Category,
  Channel,
  DeclineReason,
  Ideology,
  ItemOutcome,
  NoticeKind,
  ObstacleGround,
  PreservationState,
  ReinstatementOutcome,
} from '../../../src/domain/vocabulary';

/** The closed lists of the trade, each word in this language. A word added to a list and not here does not compile. */
export interface Vocabulary {
  readonly kinds: Readonly<Record<NoticeKind, string>>;
  readonly states: Readonly<Record<NoticeState, string>>;
  readonly categories: Readonly<Record<Category, string>>;
  readonly ideologies: Readonly<Record<Ideology, string>>;
  readonly outcomes: Readonly<Record<ItemOutcome, string>>;
  readonly reasons: Readonly<Record<DeclineReason, string>>;
  readonly preservation: Readonly<Record<PreservationState, string>>;
  readonly channels: Readonly<Record<Channel | 'answer', string>>;
  readonly obstacles: Readonly<Record<ObstacleGround, string>>;
  readonly reinstatements: Readonly<Record<ReinstatementOutcome, string>>;
  readonly deliveryStates: Readonly<
    Record<'waiting' | 'told' | 'delivered' | 'failed' | 'cancelled' | 'voided', string>
  >;
}
