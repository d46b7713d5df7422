import { defang } from '../../domain/web-address';
import type { BulkLineView } from './bulk.dto';

const COLUMNS = ['line', 'outcome', 'code', 'detail', 'itemId', 'platform', 'platformStatus', 'address'] as const;

/** A spreadsheet takes such a cell for a formula, whoever wrote it (OWASP, CSV injection); it is made a text. */
const FORMULA = /^[\s]*[=+\-@\t\r|%]/;

/** One cell of RFC 4180 that no spreadsheet computes. */
export function safeCell(value: string): string {
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",;\r\n\t']|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvHeader = (): string => `\uFEFF${COLUMNS.join(',')}\r\n`;

/** Addresses are defanged: a spreadsheet makes links of them, and a click would lead there. Intake understands both. */
export function csvLine(view: BulkLineView): string {
  const { line, outcome, code, detail, itemId, platform, address } = view;
  const shown = address === null ? '' : defang(address);
  const cells = [String(line), outcome, code ?? '', detail ?? '', itemId ?? '', platform?.slug ?? '', platform?.status ?? '', shown]; // prettier-ignore
  return `${cells.map(safeCell).join(',')}\r\n`;
}
