/** A line of the body as an editor shows it. */
export interface PhysicalLine {
  /** From 1. */
  readonly no: number;
  /** Without its end; null where it is longer than {@link LONGEST_LINE}. */
  readonly text: string | null;
  /** Quotation marks in it. Odd: a cell of CSV goes on in the next line. */
  readonly quotes: number;
}

/** UTF-16 units. An address has at most 8,192 and a note 2,000, so nothing that is longer could be taken. */
export const LONGEST_LINE = 20_000;

/** What cannot be decoded shows as this, and no address or note has it. */
export const NOT_DECODED = '\uFFFD';

const countQuotes = (text: string): number => text.split('"').length - 1;

/** UTF-8 unless a byte order mark says UTF-16, in which spreadsheets save “Unicode text”. */
function encodingOf(head: Uint8Array): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

/** Text as it comes in, without its byte order mark. */
async function* textOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let decoder: TextDecoder | undefined;
  let head: Uint8Array = Buffer.alloc(0);
  for await (const piece of bytes) {
    if (decoder) {
      yield decoder.decode(piece, { stream: true });
      continue;
    }
    head = Buffer.concat([head, piece]);
    if (head.length < 2) continue;
    decoder = new TextDecoder(encodingOf(head));
    yield decoder.decode(head, { stream: true });
  }
  yield decoder ? decoder.decode() : new TextDecoder().decode(head);
}

/** Lines that end with LF or CRLF, as they arrive; of one that is too long no more is kept than the limit. */
export async function* physicalLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<PhysicalLine, void, undefined> {
  let rest = '';
  let isTooLong = false;
  let no = 0;
  const line = (text: string): PhysicalLine => {
    const whole = isTooLong || text.length > LONGEST_LINE ? null : text.replace(/\r$/, '');
    isTooLong = false;
    return { no: ++no, text: whole, quotes: whole === null ? 0 : countQuotes(whole) };
  };
  for await (const text of textOf(bytes)) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const each of lines) yield line(each);
    if (rest.length <= LONGEST_LINE) continue;
    isTooLong = true;
    rest = '';
  }
  if (rest !== '' || isTooLong) yield line(rest);
}
