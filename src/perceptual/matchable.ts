import { PDQ_MIN_QUALITY } from './pdq';

/** Whether a changed copy of a file can be found again, or why only the very same bytes can. */
export type Matchable = 'perceptual' | 'exact only' | `exact only: ${string}` | 'video: exact only';

/** What was hashed of a file. */
export interface Look {
  /** PDQ of the picture, the frames or the pages. */
  readonly hashes: readonly { readonly quality: number }[];
  readonly textSha256?: string | null | undefined;
}

/** @param otherwise why there is no look at all */
export function matchableOf<T extends Matchable>(
  { hashes, textSha256 }: Look,
  otherwise: T,
): 'perceptual' | 'exact only: quality ≤ 49' | T {
  if (textSha256 || hashes.some(({ quality }) => quality >= PDQ_MIN_QUALITY)) return 'perceptual';
  return hashes.length > 0 ? 'exact only: quality ≤ 49' : otherwise;
}
