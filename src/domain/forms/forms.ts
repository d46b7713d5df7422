import { canonicalJson } from '../canonical';
import type { MemberState } from '../union';

/**
 * The forms of Regulation (EU) 2021/784 (Annexes I, II and III) and of the voluntary referral, as values. Instants are RFC 3339
 * date-times with their zone, dates are `YYYY-MM-DD`. Their JSON Schemas (`./schemas`) are the full statement of their form.
 */
export const FORM_KINDS = ['annex-i', 'annex-ii', 'annex-iii', 'referral', 'referral-response'] as const;
export type FormKind = (typeof FORM_KINDS)[number];

/** Article 2(7)(a) to (e). */
export const ARTICLE_2_7 = ['a', 'b', 'c', 'd', 'e'] as const;
export type Article27 = (typeof ARTICLE_2_7)[number];

export const AUTHORITY_TYPES = ['JUDICIAL', 'LAW_ENFORCEMENT', 'OTHER'] as const;
export const MEASURES = ['REMOVED', 'DISABLED_ALL_MS'] as const;
export const IMPOSSIBILITY_GROUNDS = ['FORCE_MAJEURE', 'MANIFEST_ERRORS', 'INSUFFICIENT_INFO'] as const;
export const REFERRAL_DECISIONS = [
  'removed',
  'disabled_geo',
  'restricted',
  'account_actioned',
  'no_action',
  'already_gone',
  'not_found',
] as const;

export interface OrderTarget {
  readonly url: string;
  /** What else identifies and locates the content; empty where the URL is enough. */
  readonly additionalInfo: string;
  readonly screenshotRef?: string;
}

/** Removal order, Article 3(4). Its sections bear the letters that they have in Annex I. */
export interface AnnexI {
  readonly a: {
    readonly issuingMemberState: MemberState;
    readonly addressee: string;
    readonly legalRepresentative?: string;
    readonly contactPoint: string;
    readonly homeMemberState: MemberState;
    readonly issuedAt: string;
    readonly reference: string;
  };
  readonly b: {
    readonly targets: readonly OrderTarget[];
    readonly types: readonly Article27[];
    readonly reasons: string;
  };
  /** Article 11(3): how long the provider stays silent is not on the form. */
  readonly c: { readonly nonDisclosure: boolean };
  readonly d: { readonly crossBorder: boolean; readonly copySent: boolean };
  readonly e: {
    readonly type: (typeof AUTHORITY_TYPES)[number];
    readonly name: string;
    /** The role, not the name of a person, wherever national law allows it. */
    readonly representative: string;
    readonly post: string;
    readonly fileNo: string;
    readonly address: string;
    readonly tel: string;
    readonly fax: string;
    readonly email: string;
    readonly date: string;
    readonly stamp?: string;
    /** Empty where the channel of submission guarantees authenticity (footnote 1 of Annex I). */
    readonly signature: string;
  };
  /** Lines of contact details. `home` may be left out of an order that crosses no border. */
  readonly f: { readonly issuer: string; readonly home?: string };
  readonly g: {
    readonly body: string;
    readonly deadline: { readonly n: number; readonly unit: 'days' | 'months'; readonly from: string };
    readonly lawUrl: string;
  };
}

/** Of the provider itself or, in its place, of its legal representative. */
export type Provider =
  | { readonly name: string; readonly memberState: MemberState }
  | { readonly legalRepName: string; readonly memberState: MemberState };

interface AnswerToOrder {
  readonly addressee: string;
  readonly issuer: string;
  readonly issuerRef: string;
  readonly addresseeRef: string;
  readonly receivedAt: string;
  readonly hsp: Provider;
  readonly authorisedPerson: string;
  readonly contactEmail: string;
}

/** Feedback after removal or disabling, Article 3(6). */
export interface AnnexII extends AnswerToOrder {
  readonly measure: (typeof MEASURES)[number];
  readonly measureAt: string;
  readonly date: string;
}

/** Impossibility to execute the order, Article 3(7) (`FORCE_MAJEURE`) and 3(8) (the other two grounds). */
export interface AnnexIII extends AnswerToOrder {
  readonly ground: (typeof IMPOSSIBILITY_GROUNDS)[number];
  readonly explanation: string;
  /** What must be corrected or added: with every ground but `FORCE_MAJEURE`, and never with that. */
  readonly clarificationNeeded?: string;
  readonly signature: string;
  readonly date: string;
}

export type ReferralTarget =
  { readonly url: string } | { readonly account: string } | { readonly channel: string } | { readonly file: string };

/** A request for voluntary consideration (recital 40): it binds nobody and sets no deadline. */
export interface Referral {
  readonly id: string;
  readonly referrer: string;
  readonly target: ReferralTarget;
  readonly grounds: { readonly tosClause?: string; readonly legalRef?: string };
  readonly category: Article27 | 'other';
  /** A person, group or entity listed by the Union, where the content is theirs (recital 11). */
  readonly listedEntity?: string;
  /** BCP 47 tag of the language of the content. */
  readonly language: string;
  readonly evidenceRef: string;
  readonly requestedAction: 'review' | 'review_and_preserve';
  readonly voluntary: true;
  readonly sentAt: string;
}

export interface ReferralResponse {
  readonly ackAt: string;
  readonly decision: (typeof REFERRAL_DECISIONS)[number];
  readonly basis: 'tos' | 'law';
  readonly reasons: string;
  readonly decidedAt: string;
  readonly appealable: boolean;
}

export const FORM_VERSION = 1;

/** What is signed, embedded and exchanged: the content of one form with its name, so that none can be taken for another. */
export type Form =
  | { readonly form: 'annex-i'; readonly v: typeof FORM_VERSION; readonly content: AnnexI }
  | { readonly form: 'annex-ii'; readonly v: typeof FORM_VERSION; readonly content: AnnexII }
  | { readonly form: 'annex-iii'; readonly v: typeof FORM_VERSION; readonly content: AnnexIII }
  | { readonly form: 'referral'; readonly v: typeof FORM_VERSION; readonly content: Referral }
  | {
      readonly form: 'referral-response';
      readonly v: typeof FORM_VERSION;
      /** The `id` of the referral that is answered: the response itself does not name it. */
      readonly inReplyTo: string;
      readonly content: ReferralResponse;
    };

export const annexI = (content: AnnexI): Form => ({ form: 'annex-i', v: FORM_VERSION, content });
export const annexII = (content: AnnexII): Form => ({ form: 'annex-ii', v: FORM_VERSION, content });
export const annexIII = (content: AnnexIII): Form => ({ form: 'annex-iii', v: FORM_VERSION, content });
export const referral = (content: Referral): Form => ({ form: 'referral', v: FORM_VERSION, content });
export const referralResponse = (inReplyTo: string, content: ReferralResponse): Form => ({
  form: 'referral-response',
  v: FORM_VERSION,
  inReplyTo,
  content,
});

export const isFormKind = (value: unknown): value is FormKind => FORM_KINDS.some((kind) => kind === value);

/** The bytes that are signed and embedded: RFC 8785 in UTF-8. */
export const formBytes = (form: Form): Uint8Array => new TextEncoder().encode(canonicalJson(form));

/** When it was made, as it says itself; the date of a document that is drawn from it. */
export function instantOf(form: Form): Date {
  switch (form.form) {
    case 'annex-i':
      return new Date(form.content.a.issuedAt);
    case 'annex-ii':
      return new Date(form.content.measureAt);
    case 'annex-iii':
      return new Date(form.content.date);
    case 'referral':
      return new Date(form.content.sentAt);
    default:
      return new Date(form.content.decidedAt);
  }
}
