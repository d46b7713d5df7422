import { DomainError } from '../../../domain/errors';
import { isRecord } from '../../../domain/json';
import { turn } from '../../../infra/turn';
import { MOST_VIDEO_FRAMES } from '../../../perceptual/vpdq';

/**
 * Characters of one record, the frames of a video apart: ten times what an honest one has. JSON of 30 million characters can
 * hold the event loop for a second and a half (measured), this much of it for some five milliseconds.
 */
export const LONGEST_RECORD = 131_072;
/** Characters between two turns of everything else that waits: parsed, and only looked over. */
const PARSED_AT_ONCE = 65_536;
const LOOKED_OVER_AT_ONCE = 262_144;
const LONGEST_WITH_FRAMES = LONGEST_RECORD + MOST_VIDEO_FRAMES * 64;

const FRAMES = /"frames"\s*:\s*"/;

/** What is no JSON, or too long to be looked at, is undefined. */
function parsed(text: string): unknown {
  if (text.length > LONGEST_RECORD) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** A long line is that of a film: its frames are cut out, and only the rest is parsed. */
function parsedLine(line: string): unknown {
  if (line.length <= LONGEST_RECORD) return parsed(line);
  const found = line.length <= LONGEST_WITH_FRAMES ? FRAMES.exec(line) : null;
  if (!found) return undefined;
  const start = found.index + found[0].length;
  const end = line.indexOf('"', start);
  const rest = end < 0 ? undefined : parsed(line.slice(0, start) + line.slice(end));
  return isRecord(rest) && rest.frames === '' ? { ...rest, frames: line.slice(start, end) } : undefined;
}

/** JSON lines: all but the last one, and the last one, which ends the page. */
export interface Lines {
  readonly values: readonly unknown[];
  readonly end: unknown;
}

/** Parses line by line, and lets everything else that waits have its turn between. @returns null for too many lines */
export async function parseLines(text: string, most: number): Promise<Lines | null> {
  let stop = text.lastIndexOf('\n');
  const isEnded = stop >= 0 && text.slice(stop + 1).trim() === '';
  const endAt = isEnded ? stop : text.length;
  if (isEnded) stop = stop === 0 ? -1 : text.lastIndexOf('\n', stop - 1);
  const values: unknown[] = [];
  let since = 0;
  for (let at = 0; at <= stop;) {
    const next = text.indexOf('\n', at);
    if (values.length === most) return null;
    values.push(parsedLine(text.slice(at, next)));
    since += next + 1 - at;
    at = next + 1;
    if (since < PARSED_AT_ONCE) continue;
    since = 0;
    await turn();
  }
  return { values, end: parsed(text.slice(stop + 1, endAt)) };
}

/**
 * A JSON object of which one member is a long list: the list's items are parsed one by one, with turns between, and one that is
 * no JSON or longer than {@link LONGEST_RECORD} is undefined among the others.
 * @throws DomainError `exchange.source-unreadable` for what is no such object, or has more items than `most`
 */
export async function parseEnvelope(text: string, list: string, most: number): Promise<Record<string, unknown>> {
  const reading = new Envelope(text, list, most).read();
  for (;;) {
    const step = reading.next();
    if (step.done) return step.value;
    await turn();
  }
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];
const MOST_MEMBERS = 1_000;

const unreadable = (reason: string): DomainError => new DomainError('exchange.source-unreadable', { reason });

/** Each `yield` is a turn for others. */
class Envelope {
  private at = 0;
  private since = 0;

  constructor(
    private readonly text: string,
    private readonly list: string,
    private readonly most: number,
  ) {}

  *read(): Generator<void, Record<string, unknown>, undefined> {
    const members: [string, unknown][] = [];
    this.take(OBJECT);
    if (!this.takes(OBJECT_END)) {
      do {
        if (members.length === MOST_MEMBERS) throw unreadable('json');
        members.push(yield* this.member());
      } while (this.takes(COMMA));
      this.take(OBJECT_END);
    }
    this.skipSpace();
    if (this.at < this.text.length) throw unreadable('json');
    return Object.fromEntries(members);
  }

  private *member(): Generator<void, [string, unknown], undefined> {
    this.skipSpace();
    const name = yield* this.value();
    if (typeof name !== 'string') throw unreadable('json');
    this.take(COLON);
    this.skipSpace();
    if (name === this.list && this.text.charCodeAt(this.at) === LIST) return [name, yield* this.items()];
    const value = yield* this.value();
    if (value === undefined) throw unreadable('json');
    return [name, value];
  }

  private *items(): Generator<void, unknown[], undefined> {
    const items: unknown[] = [];
    this.take(LIST);
    if (this.takes(LIST_END)) return items;
    do {
      if (items.length === this.most) throw unreadable('too-many-entries');
      items.push(yield* this.value());
    } while (this.takes(COMMA));
    this.take(LIST_END);
    return items;
  }

  private *value(): Generator<void, unknown, undefined> {
    const start = this.at;
    yield* this.findEnd();
    const value = parsed(this.text.slice(start, this.at));
    this.since += this.at - start;
    if (this.since >= PARSED_AT_ONCE) {
      this.since = 0;
      yield;
    }
    return value;
  }

  /** Goes behind the value that begins here, whatever it is. */
  private *findEnd(): Generator<void, void, undefined> {
    const { text } = this;
    let [depth, isText] = [0, false];
    for (let pause = this.at + LOOKED_OVER_AT_ONCE; this.at < text.length; this.at++) {
      if (this.at >= pause) {
        pause += LOOKED_OVER_AT_ONCE;
        yield;
      }
      const code = text.charCodeAt(this.at);
      if (isText) {
        if (code === BACKSLASH) this.at++;
        if (code !== QUOTE) continue;
        isText = false;
      } else if (code === QUOTE) {
        isText = true;
        continue;
      } else if (code === LIST || code === OBJECT) {
        depth++;
        continue;
      } else if (code === LIST_END || code === OBJECT_END) {
        if (depth === 0) return;
        depth--;
      } else if (depth > 0 || code !== COMMA) continue;
      else return;
      if (depth > 0) continue;
      this.at++;
      return;
    }
    throw unreadable('json');
  }

  private skipSpace(): void {
    const from = this.at;
    while (' \t\r\n'.includes(this.text.charAt(this.at)) && this.at < this.text.length) {
      if (++this.at - from > LOOKED_OVER_AT_ONCE) throw unreadable('json');
    }
  }

  private takes(code: number): boolean {
    this.skipSpace();
    if (this.text.charCodeAt(this.at) !== code) return false;
    this.at++;
    return true;
  }

  private take(code: number): void {
    if (!this.takes(code)) throw unreadable('json');
  }
}
