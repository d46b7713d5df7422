import type { NewItem } from '../casework-api';

/** What a column may be called. */
const NAMES = {
  url: ['url', 'address', 'link', 'adresse', 'lien'],
  account: ['account', 'compte'],
  channel: ['channel', 'canal'],
  platform: ['platform', 'plateforme'],
  uploadedAt: ['uploadedat', 'uploaded_at', 'uploaded'],
  note: ['note', 'notes'],
} as const satisfies Partial<Record<keyof NewItem, readonly string[]>>;
type Column = keyof typeof NAMES;
const COLUMNS = Object.keys(NAMES) as Column[];

const SEPARATORS = [',', ';', '\t'] as const;

/** RFC 4180: a field in quotes may hold separators, line ends and doubled quotes. */
function cellsOf(text: string, separator: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  const endCell = (): void => {
    rows.at(-1)?.push(cell.trim());
    cell = '';
  };
  for (let i = 0; i < text.length; i++) {
    const sign = text.charAt(i);
    if (quoted && sign === '"' && text.charAt(i + 1) === '"') cell += text.charAt(i++);
    else if (sign === '"' && (quoted || cell.trim() === '')) quoted = !quoted;
    else if (!quoted && sign === separator) endCell();
    else if (!quoted && sign === '\n') {
      endCell();
      rows.push([]);
    } else cell += sign;
  }
  endCell();
  return rows.filter((row) => row.some((each) => each !== ''));
}

const columnOf = (title: string): Column | null => {
  const plain = title.toLowerCase().replace(/^\uFEFF/, '');
  return COLUMNS.find((column) => (NAMES[column] as readonly string[]).includes(plain)) ?? null;
};

/** Each row of a CSV with a header that names an address, account or channel; null for a text that is none. */
export function readCsv(text: string): readonly NewItem[] | null {
  const header = text.slice(0, text.search(/\r?\n|$/));
  for (const separator of SEPARATORS) {
    const columns = (cellsOf(header, separator)[0] ?? []).map(columnOf);
    const isHeader = columns.some((column) => column === 'url' || column === 'account' || column === 'channel');
    if (!isHeader || !columns.every((column, i) => column === null || columns.indexOf(column) === i)) continue;
    const [, ...rows] = cellsOf(text, separator);
    return rows.map((row) =>
      Object.fromEntries(columns.flatMap((column, i) => (column && row[i] ? [[column, row[i]]] : []))),
    );
  }
  return null;
}
