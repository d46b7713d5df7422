import type { Category } from './vocabulary';

/** TCO Art. 1(3), rec. 12: for these purposes material is not terrorist content. All seven are considered, each with its reasons. */
export const EXCLUSION_GROUNDS = [
  'educational',
  'journalistic',
  'artistic',
  'research',
  'counter_terrorism',
  'awareness_raising',
  'public_debate',
] as const;
export type ExclusionGround = (typeof EXCLUSION_GROUNDS)[number];

export const FINDINGS = ['applies', 'does_not_apply', 'unclear'] as const;
export type Finding = (typeof FINDINGS)[number];

export interface Exclusion {
  readonly ground: ExclusionGround;
  readonly finding: Finding;
  readonly reasons: string;
}

/** Rec. 14: what only people let in by a person can see is not disseminated to the public. */
export const DISSEMINATIONS = ['open', 'auto_admission', 'human_admission'] as const;
export type Dissemination = (typeof DISSEMINATIONS)[number];

/** Directive (EU) 2017/541 Art. 3(1)(a) to (j). */
export const OFFENCES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'] as const;
export type Offence = (typeof OFFENCES)[number];

export const SIGN_OFF_PARTS = ['second_review', 'legal'] as const;
export type SignOffPart = (typeof SIGN_OFF_PARTS)[number];

export interface Assessed {
  readonly categories: readonly Category[];
  readonly exclusions: readonly Exclusion[];
  readonly editorialResponsibility: boolean;
  readonly dissemination: Dissemination;
  readonly signedOff: readonly SignOffPart[];
}

/** Why no order can rest on an assessment (yet). */
export type OrderBar =
  | 'category_outside_article_2_7'
  | 'exclusion_not_considered'
  | 'exclusion_applies'
  | 'editorial_responsibility'
  | 'not_disseminated_to_the_public'
  | 'second_review_missing'
  | 'legal_sign_off_missing';

/** The grounds that were not considered, or more than once. */
export const unconsidered = (exclusions: readonly Exclusion[]): readonly ExclusionGround[] =>
  EXCLUSION_GROUNDS.filter((ground) => exclusions.filter((each) => each.ground === ground).length !== 1);

/**
 * Everything that stands between an assessment and an order; empty when it can carry one. An exclusion that applies, the
 * editorial responsibility of the press and a closed group end the matter; one that is unclear takes a second reviewer and a
 * legal sign-off, by two people who are not the assessor.
 */
export function barsToOrder(assessed: Assessed): readonly OrderBar[] {
  const { categories, exclusions, editorialResponsibility, dissemination, signedOff } = assessed;
  const isInDoubt = isUnclear(assessed);
  const bars: readonly (readonly [OrderBar, boolean])[] = [
    ['category_outside_article_2_7', categories.length === 0 || categories.includes('other')],
    ['exclusion_not_considered', unconsidered(exclusions).length > 0],
    ['exclusion_applies', exclusions.some(({ finding }) => finding === 'applies')],
    ['editorial_responsibility', editorialResponsibility],
    ['not_disseminated_to_the_public', dissemination === 'human_admission'],
    ['second_review_missing', isInDoubt && !signedOff.includes('second_review')],
    ['legal_sign_off_missing', isInDoubt && !signedOff.includes('legal')],
  ];
  return bars.filter(([, isSo]) => isSo).map(([bar]) => bar);
}

export interface Attested {
  readonly exclusions: readonly Exclusion[];
  readonly assessedBy: string;
  readonly signOffs: readonly { readonly part: SignOffPart; readonly signedBy: string }[];
}

export const isUnclear = ({ exclusions }: Pick<Assessed, 'exclusions'>): boolean =>
  exclusions.some(({ finding }) => finding === 'unclear');

/**
 * What an earlier doubt leaves standing between an assessment and an order. Whoever was in doubt does not end the doubt by writing
 * another assessment, nor does a colleague: it takes the second review and the legal sign-off all the same, of the one or of the
 * other, by two people who have assessed neither.
 */
export function barsOfDoubt(resting: Attested, earlier: readonly Attested[]): readonly OrderBar[] {
  const doubts = earlier.filter(isUnclear);
  const assessors = new Set([resting, ...doubts].map(({ assessedBy }) => assessedBy));
  const bars = doubts.flatMap((doubt) => {
    const given = [...resting.signOffs, ...doubt.signOffs].filter(({ signedBy }) => !assessors.has(signedBy));
    const reviewers = given.filter(({ part }) => part === 'second_review');
    const lawyers = given.filter(({ part }) => part === 'legal');
    const isByTwo = reviewers.some((one) => lawyers.some((other) => other.signedBy !== one.signedBy));
    if (isByTwo) return [];
    if (reviewers.length === 0 && lawyers.length === 0) return SIGN_OFF_BARS;
    return reviewers.length === 0 ? SIGN_OFF_BARS.slice(0, 1) : SIGN_OFF_BARS.slice(1);
  });
  return SIGN_OFF_BARS.filter((bar) => bars.includes(bar));
}

const SIGN_OFF_BARS = ['second_review_missing', 'legal_sign_off_missing'] as const satisfies readonly OrderBar[];

/** The letter of Art. 2(7) of each category; `other` has none. */
export const ARTICLE_2_7_OF = {
  incitement: 'a',
  solicit_offence: 'b',
  solicit_group: 'c',
  instruction: 'd',
  threat: 'e',
} as const satisfies Record<Exclude<Category, 'other'>, string>;
