import PostalMime from 'postal-mime';

/** `delayed`, `relayed` and `expanded` say nothing final (RFC 3464, 2.3.3). */
export const REPORT_ACTIONS = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;
export type ReportAction = (typeof REPORT_ACTIONS)[number];

export interface DeliveryReport {
  readonly action: ReportAction;
  /** Enhanced status code as `5.1.1` (RFC 3463); null when the report gives none. */
  readonly status: string | null;
}

/** A report has one block for the message and one for each recipient; ours has one recipient. */
const BLOCKS = /\r?\n\s*\r?\n/;
const STATUS = /^[245]\.\d{1,3}\.\d{1,3}/;
const MAX_DEPTH = 20;

/**
 * What a mail that came back reports (RFC 3464). Null when it is no delivery report: an answer, an automatic reply, a notice of
 * being away; those never void a receipt. Whatever the bytes are, nothing is thrown.
 */
export async function readReport(bytes: Uint8Array): Promise<DeliveryReport | null> {
  try {
    const mail = await PostalMime.parse(bytes, { maxNestingDepth: MAX_DEPTH });
    const type = mail.headers.find(({ key }) => key === 'content-type')?.value ?? '';
    if (!/^multipart\/report\b/i.test(type)) return null;
    const part = mail.attachments.find(({ mimeType }) => mimeType === 'message/delivery-status');
    return part ? reportIn(textOf(part.content)) : null;
  } catch {
    return null;
  }
}

const textOf = (content: string | ArrayBuffer | Uint8Array): string =>
  typeof content === 'string' ? content : Buffer.from(content as Uint8Array).toString('latin1');

function reportIn(text: string): DeliveryReport | null {
  for (const block of text.split(BLOCKS)) {
    const fields = fieldsOf(block);
    const word = fields.get('action')?.toLowerCase();
    const action = REPORT_ACTIONS.find((one) => one === word);
    if (action) return { action, status: STATUS.exec(fields.get('status') ?? '')?.[0] ?? null };
  }
  return null;
}

function fieldsOf(block: string): ReadonlyMap<string, string> {
  const lines = block.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  return new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(':');
      return colon > 0 ? [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const] : [];
    }),
  );
}
