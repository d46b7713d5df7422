import { createHash } from 'node:crypto';

/** A shorter text says nothing about where it came from. */
export const MIN_TEXT_CHARACTERS = 64;
/** UTF-16 units of one document; of a longer one no text hash is made, because it would be that of a part. */
export const MAX_TEXT_CHARACTERS = 20_000_000;

/**
 * The text of a document in the one form that is hashed, so that saving it again with another program leaves the hash
 * alone: compatibility composition (NFKC: ligatures and full-width forms become plain letters), lower case whatever the
 * locale, without format characters (soft hyphens, joiners, marks of direction), unassigned, private and control
 * characters, each run of white space one space, none at the ends.
 */
export function normaliseText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}]/gu, '')
    .replace(/ +/g, ' ')
    .trim();
}

/** SHA-256 of the normalised text in UTF-8; null when it is shorter than {@link MIN_TEXT_CHARACTERS}. */
export function textDigest(pages: readonly string[]): { textSha256: string | null; textCharacters: number } {
  const text = normaliseText(pages.join('\n'));
  const textSha256 = text.length < MIN_TEXT_CHARACTERS ? null : createHash('sha256').update(text).digest('hex');
  return { textSha256, textCharacters: text.length };
}
