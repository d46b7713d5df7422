import { inflateSync } from 'node:zlib';
import { FORM_FILE, JWS_FILE, MOST_FORM_BYTES } from '../../src/domain/forms/read-form';
import { VerificationError } from './errors';

const MOST_PDF_BYTES = 32 * 2 ** 20;

/** One per attachment; a document that was signed after it was drawn has them unchanged. Bounded: a hostile file repeats it. */
const FILESPEC = /\/Type \/Filespec\b[^]{0,300}?\/F \(([^()\\]{0,200})\)\s*\/EF <<\s*\/F (\d+) 0 R\s*>>/g;

function streamOf(pdf: Buffer, text: string, id: string): Buffer {
  const heads = [...text.matchAll(new RegExp(`(?<=[\\r\\n])${id} 0 obj\\s*<<([^]{0,1000}?)>>\\s*stream\\r?\\n`, 'g'))];
  const [head] = heads;
  const length = /\/Length (\d+)/.exec(head?.[1] ?? '')?.[1];
  if (!head || heads.length > 1 || length === undefined) throw new VerificationError('the attachment cannot be found');
  const start = head.index + head[0].length;
  const raw = pdf.subarray(start, start + Number(length));
  if (!head[1]?.includes('/FlateDecode')) return raw;
  try {
    return inflateSync(raw, { maxOutputLength: MOST_FORM_BYTES });
  } catch {
    throw new VerificationError('the attachment is damaged, or larger than a form');
  }
}

/**
 * form.json and form.jws of a PDF that a Clepsydra drew, signed with a certificate afterwards or not. Not a reader of PDFs: of
 * one that another program has saved it finds nothing, and says so. @throws VerificationError
 */
export function embeddedForm(pdf: Uint8Array): { readonly json: Uint8Array; readonly jws: string | null } {
  if (pdf.length > MOST_PDF_BYTES) throw new VerificationError('the PDF is larger than a form');
  const file = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength);
  const text = file.toString('latin1');
  const found = new Map<string, string>();
  for (const [, name = '', id = ''] of text.matchAll(FILESPEC)) {
    // Which of two a reader would show is anybody's guess.
    if (found.has(name)) throw new VerificationError(`the PDF has ${name} twice`);
    found.set(name, id);
  }
  const form = found.get(FORM_FILE);
  if (form === undefined) throw new VerificationError(`the PDF carries no ${FORM_FILE} as it was embedded`);
  const jws = found.get(JWS_FILE);
  return {
    json: streamOf(file, text, form),
    jws: jws === undefined ? null : streamOf(file, text, jws).toString('latin1'),
  };
}
