import { DomainError, type ProblemCode } from '../domain/errors';
import type { SealedObject } from '../infra/blobs/sealed-store';
import { contradicts, sniff, type Sniffed } from '../infra/imaging/magic';
import type { ImageHashes } from '../infra/imaging/protocol';

/** What a file turned out to be. */
export interface Examined {
  readonly type: string;
  readonly hashes: ImageHashes | null;
  /** Why an image has no perceptual hashes though it was kept. */
  readonly notHashed: ProblemCode | null;
}

export type HashImage = () => Promise<ImageHashes>;

/** Pixels that one byte of a photograph stands for at the strongest compression in use; a bomb has thousands. */
const PIXELS_A_BYTE = 32;

/** Refuses by what the first bytes say. @throws DomainError `file.empty`, `file.svg`, `file.mislabelled` */
function refuseByType(found: Sniffed, declaredType: string | undefined, size: number): void {
  if (size === 0) throw new DomainError('file.empty');
  if (found.active === 'svg') throw new DomainError('file.svg');
  if (contradicts(declaredType, found)) throw new DomainError('file.mislabelled', { found: found.type });
}

/**
 * Whether an image that could not be hashed is refused: cut off, or made to exhaust whoever opens it. A picture that is
 * merely large, damaged or of a kind that nobody here decodes may be evidence, and is kept without perceptual hashes.
 */
export function isRefusedImage({ code, details }: DomainError, size: number): boolean {
  if (code === 'image.truncated') return true;
  if (code !== 'image.too-large' || 'maxBytes' in details) return false;
  const { width, height } = details;
  // A decoder that ran into its limit without saying how large the picture claims to be has met a false header.
  if (typeof width !== 'number' || typeof height !== 'number') return true;
  return width * height > size * PIXELS_A_BYTE;
}

/**
 * Tells what a stored file is, by its bytes and never by its name.
 * @throws DomainError `file.empty`, `file.svg`, `file.mislabelled`, `image.truncated`, `image.too-large`: it is not taken
 */
export async function examine(
  stored: Pick<SealedObject, 'head' | 'size'>,
  declaredType: string | undefined,
  hash: HashImage,
): Promise<Examined> {
  const found = sniff(stored.head);
  refuseByType(found, declaredType, stored.size);
  if (found.kind !== 'image') return { type: found.type, hashes: null, notHashed: null };
  try {
    return { type: found.type, hashes: await hash(), notHashed: null };
  } catch (error) {
    if (!(error instanceof DomainError) || !error.code.startsWith('image.')) throw error;
    if (isRefusedImage(error, stored.size)) throw error;
    return { type: found.type, hashes: null, notHashed: error.code };
  }
}
