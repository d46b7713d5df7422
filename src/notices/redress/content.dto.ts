import { IsString, Length } from 'class-validator';
import type { ComplaintOutcome } from '../../domain/redress';
import type { ScrutinyOutcome } from '../../domain/scrutiny';
import type { AnnulmentGround, ItemOutcome, ReinstatementOutcome } from '../../domain/vocabulary';
import { IsWellFormed } from '../../infra/http/text';
import { RedressDto } from '../orders/orders.dto';

const MAX_COMPLAINT = 5_000;

export class NewReferenceView {
  /** Shown once: whoever has it reads what became of the item. Hand it to its content provider. */
  reference!: string;
  /** Where it is read as JSON, on this service. */
  path!: string;
  /** Where a person reads it: a page without an account, in English, French and German. */
  page!: string;
}

export class ComplainDto {
  @IsString()
  @Length(10, MAX_COMPLAINT)
  @IsWellFormed()
  text!: string;
}

export class RequestScrutinyDto {
  /** Why the order infringes the law, or your rights. */
  @IsString()
  @Length(10, MAX_COMPLAINT)
  @IsWellFormed()
  reasons!: string;
}

export class OwnComplaintView {
  lodgedAt!: string;
  /** Two weeks from then (TCO Art. 10(2)). */
  dueAt!: string;
  outcome!: ComplaintOutcome | null;
  reasons!: string | null;
  decidedAt!: string | null;
}

export class OwnScrutinyView {
  requestedAt!: string;
  dueAt!: string;
  outcome!: ScrutinyOutcome | null;
  reasons!: string | null;
  decidedAt!: string | null;
}

export class OwnReinstatementView {
  askedAt!: string;
  outcome!: ReinstatementOutcome | null;
  doneAt!: string | null;
  reason!: string | null;
}

/** What became of one item, and what can be done about it (TCO Art. 11). */
export class ContentMeasureView {
  platform!: string;
  /** `order`: the platform was bound by a removal order. `terms`: it decided by itself. */
  basis!: 'order' | 'terms';
  measure!: ItemOutcome;
  measureAt!: string | null;
  /** The copy of the order (Annex I), with this item alone of what it names. */
  order!: Record<string, unknown> | null;
  redress!: RedressDto | null;
  /** When the order lost its effect, and by whom. */
  annulledAt!: string | null;
  annulmentGround!: AnnulmentGround | null;
  withdrawnAt!: string | null;
  /** Until when the home authority can be asked to scrutinise the order; null: it cannot here. */
  scrutinyUntil!: string | null;
  scrutiny!: OwnScrutinyView | null;
  mayComplain!: boolean;
  complaint!: OwnComplaintView | null;
  reinstatement!: OwnReinstatementView | null;
}

export class ContentNoticeView {
  /** `nothing`: nothing that can be said under this reference. */
  state!: 'nothing' | 'available';
  measure!: ContentMeasureView | null;
}
