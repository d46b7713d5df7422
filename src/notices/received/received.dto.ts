import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
} from 'class-validator';
import { AuthorityView } from '../../accounts/registry/registry.dto';
import { FORM_LANGUAGES, type FormLanguage } from '../../domain/forms/languages';
import type { NoticeState } from '../../domain/notice-lifecycle';
import {
  RECEIVED_STATES,
  REFUTATIONS,
  STATED_CHANNELS,
  type ManifestError,
  type ReceivedReason,
  type ReceivedState,
  type Refutation,
  type StatedChannel,
} from '../../domain/received-orders';
import { ANNULMENT_GROUNDS } from '../../domain/vocabulary';
import { IsInstant } from '../../infra/http/instant';
import { PageQuery } from '../../infra/http/paging';
import { IsWellFormed } from '../../infra/http/text';

/** Beside the file, in the part `order`. */
export class HandInDto {
  /** How it reached you. */
  @IsIn(STATED_CHANNELS)
  channel!: StatedChannel;

  /** When it reached you, by your own account. Left out, or later than it is handed in: the instant at which it is handed in. */
  @IsOptional()
  @IsInstant()
  receivedAt?: Date;

  /** The detached JWS, where it came beside the JSON. A PDF carries its own. */
  @IsOptional()
  @Matches(/^[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+$/, { message: '$property must be a detached JWS, header..signature' })
  @Length(10, 4096)
  jws?: string;
}

export class ReceivedQuery extends PageQuery {
  @IsOptional()
  @IsIn(RECEIVED_STATES)
  state?: ReceivedState;
}

export class ReadingQuery {
  /** Of the labels; those that are not shipped are English. @example fr */
  @IsIn(Object.keys(FORM_LANGUAGES))
  language: FormLanguage = 'en';
}

export class GenuineDto {
  /** Whose order it is, in the register of authorities. Both people name the same. */
  @IsUUID()
  authorityId!: string;

  /** The 32 bytes of the Ed25519 key that signed it, base64url, compared by another road: later orders that it signs are recognised. */
  @IsOptional()
  @Matches(/^[A-Za-z0-9_-]{43}$/, { message: 'must be the 43 characters of an Ed25519 public key in base64url' })
  publicKey?: string;

  /** That somebody had found it not genuine is known to both people, and was wrong. */
  @IsOptional()
  @IsBoolean()
  overturn?: boolean;

  /** Whom you asked, how and what they said. Yours alone. */
  @IsString()
  @IsWellFormed()
  @Length(3, 2000)
  reason!: string;
}

export class NotGenuineDto {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(REFUTATIONS.length)
  @ArrayUnique()
  @IsIn(REFUTATIONS, { each: true })
  refutations!: Refutation[];

  /** Whom you asked, how and what they said. Yours alone. */
  @IsString()
  @IsWellFormed()
  @Length(3, 2000)
  reason!: string;
}

export class AnswerFormQuery {
  /** Of your contact point; needed where the register of providers has none. */
  @IsOptional()
  @IsEmail()
  contactEmail?: string;

  @IsOptional()
  @IsString()
  @IsWellFormed()
  @Length(1, 300)
  authorisedPerson?: string;

  /** Of the labels; those that are not shipped are English. @example fr */
  @IsIn(Object.keys(FORM_LANGUAGES))
  language: FormLanguage = 'en';
}

export class AnswerSentDto {
  @IsIn(STATED_CHANNELS)
  channel!: StatedChannel;

  @IsInstant()
  sentAt!: Date;

  @IsOptional()
  @IsEmail()
  contactEmail?: string;

  @IsOptional()
  @IsString()
  @IsWellFormed()
  @Length(1, 300)
  authorisedPerson?: string;
}

export class ClarifiedDto {
  /** When what you had asked for reached you: the hour begins again then (TCO Art. 3(8)). */
  @IsInstant()
  receivedAt!: Date;

  @IsString()
  @IsWellFormed()
  @Length(1, 10_000)
  clarification!: string;
}

/** By the authority itself, or by the decision of another (Art. 4, 9). */
export const OUTSIDE_ENDS = ['withdrawn', ...ANNULMENT_GROUNDS] as const;

export class EndedDto {
  @IsIn(OUTSIDE_ENDS)
  ground!: (typeof OUTSIDE_ENDS)[number];

  /** When you were told: from then on nothing runs. */
  @IsInstant()
  toldAt!: Date;

  /** What you were told, by whom and how you know that it was them. */
  @IsString()
  @IsWellFormed()
  @Length(3, 2000)
  reason!: string;
}

/** What the form says of itself, unverified. Text that a stranger wrote: show it as text. */
export class ClaimsView {
  authority!: string;
  memberState!: string;
  reference!: string;
  issuedAt!: string;
  addressee!: string;
  /** How many addresses it names. */
  targets!: number;
}

export class ReceivedFaultView {
  /** JSON Pointer into the form. */
  pointer!: string;
  detail!: string;
}

/** The hour as it runs if the order is genuine. Nobody says that it is. */
export class IfGenuineView {
  receivedAt!: string;
  dueAt!: string;
}

export class DecisionView {
  decidedAt!: string;
  reason!: string;
  /** Empty: it is genuine. */
  refutations!: Refutation[];
}

export class SentAnswerView {
  form!: 'annex-ii' | 'annex-iii';
  channel!: StatedChannel;
  sentAt!: string;
  recordedAt!: string;
}

/** Another notice to you about one of these addresses: a body should not order what another has ordered (recital 36). */
export class SameSubjectView {
  noticeId!: string;
  reference!: string;
  kind!: 'referral' | 'removal_order';
  state!: NoticeState;
  sender!: string;
  /** Whom to call, where its sender is in the register. */
  contactPoint!: string | null;
  telephone!: string | null;
}

export class ReceivedOrderView {
  id!: string;
  state!: ReceivedState;
  /** Why it waits, or waited, for people. */
  reasons!: ReceivedReason[];
  /** What contradicts itself or the register, where `manifest_errors` is among them (Art. 3(8)). */
  errors!: ManifestError[];
  /** Where the data is not as its schema says. */
  faults!: ReceivedFaultView[];
  statedChannel!: StatedChannel;
  /** Your own statement. */
  statedReceiptAt!: string | null;
  /** Our intake. */
  handedInAt!: string;
  /** The earlier of the two: from here the hour runs, if the order is one. */
  receivedAt!: string;
  documentKind!: 'json' | 'pdf';
  documentSha256!: string;
  claims!: ClaimsView | null;
  /** The key that its signature names, whether or not it holds. */
  kid!: string | null;
  isVerified!: boolean;
  /** Of the register: of the key that signed, or of the name and State that the form states. Call this number, not one of the form. */
  authority!: AuthorityView | null;
  /** While it waits for people; the clock of an order that was taken up stands with its notice. */
  ifGenuine!: IfGenuineView | null;
  decision!: DecisionView | null;
  /** The notice that it became. */
  noticeId!: string | null;
}

export class ReceivedOrderDetailView extends ReceivedOrderView {
  sameSubject!: SameSubjectView[];
  answers!: SentAnswerView[];
}

export class ReceivedFormView {
  /** As `/schemas/form.json` says. */
  form!: object;
  jws!: string | null;
}

export class ReceivedKeyView {
  kid!: string;
  authorityId!: string;
  authorityName!: string;
  /** Base64url. */
  publicKey!: string;
  pinnedAt!: string;
  retiredAt!: string | null;
  receivedOrderId!: string;
}

export class AnswerFormView {
  /** Annex II or III, as `/schemas/form.json` says. It is not signed. */
  form!: object;
}
