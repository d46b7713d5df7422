import { breadthOf, type Breadth } from '../../../src/domain/broad-address';
import { DomainError } from '../../../src/domain/errors';
import { identify, type AddressFault } from '../../../src/domain/web-address';
import type { NewItem } from '../casework-api';
import { readCsv } from './csv';

/** The server's own limit for one submission. */
export const MOST_LINES = 500;

/** What one line of a paste was understood as. */
export interface PastedLine {
  /** What is sent for it; null where it could not be understood. */
  readonly item: NewItem | null;
  /** As it was pasted. */
  readonly text: string;
  readonly host: string | null;
  /** Short name of the platform, where the paste names one. */
  readonly platform: string | null;
  readonly breadth: Breadth | null;
  readonly fault: AddressFault | 'columns' | null;
  /** Number of the earlier line that means the same thing, from 1. */
  readonly duplicateOf: number | null;
}

export interface Pasted {
  readonly lines: readonly PastedLine[];
  /** Lines of text in which no address was. */
  readonly prose: number;
  /** More was pasted than can be sent at once. */
  readonly cut: boolean;
}

/** An address within other words, defanged or not. */
const ADDRESS = /h(?:tt|xx|\*\*)ps?(?:\[:\]|\(:\)|:)[[\]:]*\/\/[^\s<>"]+/gi;
const LOOKS_LIKE_HOST = /^[\w-]+(?:\[?\.\]?[\w-]+)+(?:\/\S*)?$/;

/** Within a sentence the point at its end is not of the address, and a bracket only if it was opened in it. */
function withoutSentence(found: string): string {
  const trimmed = found.replace(/[.,;:!?'’»]+$/, '');
  const isOpened = trimmed.includes('(') || trimmed.includes('[');
  return isOpened ? trimmed : trimmed.replace(/[)\]]+$/, '');
}

/** The addresses in one line of text: the whole line as it is where it is one, else each that it mentions. */
function addressesIn(line: string): readonly string[] {
  const text = line.trim();
  if (!/\s/.test(text)) return text.includes('//') || LOOKS_LIKE_HOST.test(text) ? [text] : [];
  return [...text.matchAll(ADDRESS)].map(([found]) => withoutSentence(found));
}

type Understood = Omit<PastedLine, 'duplicateOf'> & { readonly identity: string | null };

function understood(item: NewItem, text: string): Understood {
  const none = { text, host: null, breadth: null, platform: item.platform ?? null };
  if (item.url === undefined) {
    const kind = item.account === undefined ? 'channel' : 'account';
    if (!item.platform) return { ...none, item: null, fault: 'columns', identity: null };
    return { ...none, item, fault: null, identity: `${kind}:${item.platform}/${item[kind] ?? ''}` };
  }
  try {
    const { host, identity } = identify(item.url);
    return { ...none, item, host, breadth: breadthOf(identity), fault: null, identity };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { ...none, item: null, fault: error.details['reason'] as AddressFault, identity: null };
  }
}

/** What a paste holds: CSV with a header, or any text. One bad line keeps no other back. */
export function readPaste(text: string): Pasted {
  const csv = readCsv(text);
  const rows: readonly (readonly Understood[])[] = csv
    ? csv.map((item) => [understood(item, item.url ?? item.account ?? item.channel ?? '')])
    : text
        .split(/\r?\n/)
        .filter((line) => line.trim() !== '')
        .map((line) => addressesIn(line).map((url) => understood({ url }, url)));
  const all = rows.flat();
  const firsts = new Map<string, number>();
  const lines = all.slice(0, MOST_LINES).map(({ identity, ...line }, i): PastedLine => {
    const first = identity === null ? undefined : firsts.get(identity);
    if (identity !== null && first === undefined) firsts.set(identity, i + 1);
    return { ...line, duplicateOf: first ?? null };
  });
  return { lines, prose: rows.filter((row) => row.length === 0).length, cut: all.length > MOST_LINES };
}
