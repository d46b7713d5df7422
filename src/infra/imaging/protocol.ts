import { isCount, isRecord } from '../../domain/json';
import { isHash256 } from '../../perceptual/hex';
import { PDQ_VARIANTS } from '../../perceptual/pdq-variants';
import type { PdqVariant } from '../../perceptual/pdq-variants';

export interface DecodeLimits {
  readonly maxPixels: number;
}

/** Encoded, and decoded: 64 MiB and 40 million pixels of 4 bytes at the worst. */
export const IMAGE_LIMITS = { maxBytes: 64 * 2 ** 20, maxPixels: 40e6 };

interface Hashed {
  readonly type: string;
  readonly width: number;
  readonly height: number;
  readonly pdq: { readonly hash: string; readonly quality: number };
  /** These are the hashes of what can be seen of a file that ends early or is damaged: to ask with, never to contribute. */
  readonly incomplete?: IncompleteCode;
}

/** Why an image was hashed as far as it can be seen; `ambiguous`: what some viewers show of it is not hashed. */
export const INCOMPLETE_CODES = ['image.truncated', 'image.undecodable', 'image.ambiguous'] as const;
export type IncompleteCode = (typeof INCOMPLETE_CODES)[number];

/**
 * The hashes of one image, of its stored orientation; `width` and `height` are those of the stored picture. The mode is
 * part of the type, so that nothing which stores or contributes `ImageHashes` can be given {@link FastImageHashes}.
 */
export interface ImageHashes extends Hashed {
  readonly mode: 'exact';
  readonly blockhash: string;
  /** Only when they were asked for, and for asking only; see `pdqVariants`. */
  readonly variants?: readonly PdqVariant[];
}

/** PDQ of a picture shrunk while it was decoded: a few bits beside the exact hash, for looking up in bulk alone. */
export interface FastImageHashes extends Hashed {
  readonly mode: 'fast';
}

export const DECODE_FAULTS = ['image.too-large', 'image.truncated', 'image.unsupported', 'image.undecodable'] as const;
export type DecodeFaultCode = (typeof DECODE_FAULTS)[number];

export type Answer =
  | { readonly ok: true; readonly hashes: ImageHashes | FastImageHashes; readonly rssBytes: number }
  | { readonly ok: false; readonly code: DecodeFaultCode; readonly details: Readonly<Record<string, string | number>> };

/**
 * The child has handled hostile bytes in native code, so its answer is read like a stranger's: anything that is not
 * exactly an answer is null.
 */
export function readAnswer(message: unknown): Answer | null {
  if (!isRecord(message)) return null;
  if (message.ok === false) {
    const code = DECODE_FAULTS.find((known) => known === message.code);
    if (!code || !isRecord(message.details)) return null;
    const details = Object.entries(message.details).filter((entry): entry is [string, string | number] => {
      return typeof entry[1] === 'number' || (typeof entry[1] === 'string' && entry[1].length <= 100);
    });
    return { ok: false, code, details: Object.fromEntries(details.slice(0, 8)) };
  }
  const hashes = readHashes(message.hashes);
  return hashes && isCount(message.rssBytes) ? { ok: true, hashes, rssBytes: message.rssBytes } : null;
}

function readHashes(value: unknown): ImageHashes | FastImageHashes | null {
  if (!isRecord(value)) return null;
  const { mode, type, width, height, blockhash } = value;
  const pdq = readPdq(value.pdq);
  if (typeof type !== 'string' || !/^image\/[a-z]{3,8}$/.test(type) || !isCount(width) || !isCount(height)) return null;
  if (!pdq) return null;
  const incomplete = INCOMPLETE_CODES.find((code) => code === value.incomplete);
  if (incomplete !== value.incomplete) return null;
  const shared = { type, width, height, pdq, ...(incomplete ? { incomplete } : {}) };
  if (mode === 'fast') return { mode, ...shared };
  if (mode !== 'exact' || !isHash256(blockhash)) return null;
  const exact: ImageHashes = { mode, ...shared, blockhash };
  if (value.variants === undefined) return exact;
  const variants = readVariants(value.variants);
  return variants && { ...exact, variants };
}

/** A PDQ with its quality, whatever else is beside them; null when it is none. */
export function readPdq(value: unknown): ImageHashes['pdq'] | null {
  if (!isRecord(value)) return null;
  const { hash, quality } = value;
  return isHash256(hash) && isCount(quality) && quality <= 100 ? { hash, quality } : null;
}

function readVariants(value: unknown): PdqVariant[] | null {
  if (!Array.isArray(value) || value.length > PDQ_VARIANTS.length) return null;
  const variants: PdqVariant[] = [];
  for (const one of value) {
    const variant = isRecord(one) && PDQ_VARIANTS.find((known) => known === one.variant);
    const pdq = isRecord(one) && readPdq(one.pdq);
    if (!variant || !pdq) return null;
    variants.push({ variant, pdq });
  }
  return variants;
}
