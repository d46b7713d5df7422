import { cropPixels, findLetterbox } from './letterbox';
import { pdqDihedral, pdqHash } from './pdq';
import type { PdqHash } from './pdq';
import { PDQ_TURNS } from './pdq-dct';
import type { PdqTurn } from './pdq-dct';
import type { Pixels } from './pixels';

/** What may be undone before asking: turning and mirroring; borders of one colour. */
export const VARIANT_KINDS = ['dihedral', 'letterbox'] as const;
export type VariantKind = (typeof VARIANT_KINDS)[number];

const OTHER_TURNS = PDQ_TURNS.filter((turn): turn is Exclude<PdqTurn, 'original'> => turn !== 'original');

/** What was done to the picture; both, when both were asked for and there was a border. */
export const PDQ_VARIANTS = [
  ...OTHER_TURNS,
  'letterbox',
  ...OTHER_TURNS.map((turn) => `letterbox+${turn}` as const),
] as const;
export type PdqVariantName = (typeof PDQ_VARIANTS)[number];

export interface PdqVariant {
  readonly variant: PdqVariantName;
  readonly pdq: PdqHash;
}

/**
 * PDQ of the picture changed in the ways asked for, beside that of the picture as it is, which is not among them: 7 with
 * `dihedral`; none or 1 with `letterbox`; 7 or 15 with both. For asking a matcher, never for storing or contributing:
 * they are hashes of pictures that nobody has.
 * @throws RangeError when the pixels are not of the size they claim.
 */
export function pdqVariants(pixels: Pixels, kinds: readonly VariantKind[]): PdqVariant[] {
  const dihedral = kinds.includes('dihedral');
  const crop = kinds.includes('letterbox') ? findLetterbox(pixels) : null;
  const variants: PdqVariant[] = [];
  if (dihedral) {
    const { quality, hashes } = pdqDihedral(pixels);
    for (const turn of OTHER_TURNS) variants.push({ variant: turn, pdq: { hash: hashes[turn], quality } });
  }
  if (!crop) return variants;
  const inner = cropPixels(pixels, crop);
  if (!dihedral) return [{ variant: 'letterbox', pdq: pdqHash(inner) }];
  const { quality, hashes } = pdqDihedral(inner);
  variants.push({ variant: 'letterbox', pdq: { hash: hashes.original, quality } });
  for (const turn of OTHER_TURNS) {
    variants.push({ variant: `letterbox+${turn}`, pdq: { hash: hashes[turn], quality } });
  }
  return variants;
}
