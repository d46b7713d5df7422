import { isRecord } from '../../domain/json';

export const ATTACHMENT_FAULTS = ['pdf.encrypted', 'pdf.undecodable', 'pdf.too-large', 'form.damaged', 'form.too-large'] as const; // prettier-ignore
export type AttachmentFault = (typeof ATTACHMENT_FAULTS)[number];

/** What the reading process says: the attachments that were asked for, in base64 by their names, or what went wrong. */
export type AttachmentAnswer =
  { readonly files: Readonly<Record<string, string>> } | { readonly fault: AttachmentFault };

/** The child has read a hostile document, so its answer is read like a stranger's. */
export function readAttachmentAnswer(message: unknown): AttachmentAnswer | null {
  if (!isRecord(message)) return null;
  const fault = ATTACHMENT_FAULTS.find((known) => known === message.fault);
  if (fault) return { fault };
  const { files } = message;
  if (!isRecord(files)) return null;
  const entries = Object.entries(files).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  return { files: Object.fromEntries(entries) };
}
