import { isHash256 } from '../../perceptual/hex';
import { isCount, isRecord } from '../../domain/json';
import { readPdq } from '../imaging/protocol';

export interface PdfPageHash {
  /** From 1. */
  readonly page: number;
  /** PDQ of the page as it looks, 64 lower-case hex digits. */
  readonly hash: string;
  /** PDQ quality, 0..100; a page of mere text has little. */
  readonly quality: number;
}

export interface PdfText {
  readonly pageCount: number;
  /** SHA-256 of the normalised text of the whole document; null when there is too little of it, or too much. */
  readonly textSha256: string | null;
  readonly textCharacters: number;
}

export const PDF_FAULTS = ['pdf.encrypted', 'pdf.undecodable', 'pdf.too-large'] as const;
export type PdfFaultCode = (typeof PDF_FAULTS)[number];

/** What the reading process says, page by page, then the text, or what went wrong. */
export type PdfAnswer = { readonly page: PdfPageHash } | { readonly text: PdfText } | { readonly fault: PdfFaultCode };

/** The child has read a hostile document, so its answer is read like a stranger's. */
export function readPdfAnswer(message: unknown): PdfAnswer | null {
  if (!isRecord(message)) return null;
  const fault = PDF_FAULTS.find((known) => known === message.fault);
  if (fault) return { fault };
  if (isRecord(message.page)) {
    const { page } = message.page;
    const pdq = readPdq(message.page);
    return pdq && isCount(page) ? { page: { page, ...pdq } } : null;
  }
  if (!isRecord(message.text)) return null;
  const { pageCount, textSha256, textCharacters } = message.text;
  if (!isCount(pageCount) || !isCount(textCharacters) || !(textSha256 === null || isHash256(textSha256))) return null;
  return { text: { pageCount, textSha256, textCharacters } };
}
