import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsUUID } from 'class-validator';

/** As many as one notice holds at most by far; each counts as a question. */
export const MOST_ITEMS_ASKED = 1_000;

export class AskOrdersDto {
  /** Items of your own cases. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MOST_ITEMS_ASKED)
  @IsUUID(undefined, { each: true })
  itemIds!: string[];
}

export class OrderHolderView {
  /** Name of the authority whose order stands. */
  authority!: string;
  /** Its public contact point, as the register of authorities has it. */
  contactPoint!: string | null;
  telephone!: string | null;
}

export class StandingOrderView {
  /** The item that was asked about. */
  itemId!: string;
  /** `subject`: an order on the same address, account or channel. `content`: on the same file at another address there. */
  on!: 'subject' | 'content';
  /** Whom to call; null where the order is your own. */
  holder!: OrderHolderView | null;
  /** Your own notice; null where the order is another body's. */
  noticeId!: string | null;
}

export class OrderAnswerView {
  /** Nothing on the same subject stands: an order may be sent. */
  isClear!: boolean;
  standing!: StandingOrderView[];
}
