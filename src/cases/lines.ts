import { breadthOf, type Breadth } from '../domain/broad-address';
import { DomainError, PROBLEMS } from '../domain/errors';
import { identify, type Address } from '../domain/web-address';
import { validated } from '../infra/http/validation';
import { SubmittedItemDto, type RefusedView } from './cases.dto';

/** A line of a submission that could be read. What it is on, the platform tells. */
export interface Line {
  readonly index: number;
  readonly kind: 'url' | 'account' | 'channel';
  /** An account's or channel's name as it was given; for a URL its address. */
  readonly given: string;
  readonly url: Address | null;
  readonly breadth: Breadth | null;
  readonly platform: string | null;
  readonly uploadedAt: Date | null;
  readonly note: string | null;
}

export interface ReadLines {
  readonly lines: readonly Line[];
  readonly refused: readonly RefusedView[];
}

/** A sender's clock may be a little ahead of ours. */
const CLOCK_SKEW_MS = 60_000;

/** The answer to one line or file, from the error that kept it out. Texts of the sender are not repeated. */
export function refusalOf(error: DomainError, where: { index?: number; fileName?: string }): RefusedView {
  const faults = error.faults.map(({ pointer, detail }) => `${pointer}: ${detail}`);
  const details = Object.entries(error.details).map(([name, value]) => `${name}: ${String(value)}`);
  return { ...where, code: error.code, title: PROBLEMS[error.code][1], detail: [...faults, ...details].join('; ') };
}

/** Each line for itself: one that cannot be read is refused and the rest goes on. */
export async function readLines(items: readonly unknown[], now: Date): Promise<ReadLines> {
  const lines: Line[] = [];
  const refused: RefusedView[] = [];
  for (const [index, item] of items.entries()) {
    try {
      lines.push(readLine(await validated(item, SubmittedItemDto), index, now));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      refused.push(refusalOf(error, { index }));
    }
  }
  return { lines, refused };
}

function readLine(dto: SubmittedItemDto, index: number, now: Date): Line {
  const named = (['url', 'account', 'channel'] as const).filter(
    (kind) => dto[kind] !== undefined && dto[kind] !== null,
  );
  const [kind, ...others] = named;
  if (!kind || others.length > 0) throw fault('', 'exactly one of url, account and channel');
  const given = dto[kind] ?? '';
  const texts = [given, dto.note ?? '', dto.platform ?? ''];
  if (texts.some((text) => !text.isWellFormed() || text.includes('\0'))) throw fault('', 'a text is not well-formed');
  if (kind !== 'url' && !dto.platform) throw fault('/platform', `an ${kind} needs its platform`);
  const url = kind === 'url' ? identify(given) : null;
  return {
    index,
    kind,
    given,
    url,
    breadth: url ? breadthOf(url.identity) : null,
    platform: dto.platform ?? null,
    uploadedAt: readUploadTime(dto.uploadedAt, now),
    note: dto.note ?? null,
  };
}

function readUploadTime(instant: Date | undefined, now: Date): Date | null {
  // Exposure time is counted from it: a time to come would make it negative.
  if (instant && instant.getTime() > now.getTime() + CLOCK_SKEW_MS) throw fault('/uploadedAt', 'lies in the future');
  return instant ?? null;
}

const fault = (pointer: string, detail: string): DomainError =>
  new DomainError('request.invalid', {}, [{ pointer, detail }]);
