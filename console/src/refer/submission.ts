import {
  addFile,
  openCase,
  openCaseWith,
  type Item,
  type NewCase,
  type SubmittedExhibit,
  type Submission,
} from '../casework-api';
import { draftNotice, step, type Notice } from '../notices-api';
import { t } from '../texts';
import { newKey, reasonOf } from '../wire';
import type { PastedLine } from './lines';

/** A file that was dropped, and the line that it belongs to, from 0; null: the case. */
export interface DroppedFile {
  readonly key: string;
  readonly file: File;
  readonly line: number | null;
  readonly state: 'waiting' | 'sending' | 'done' | 'failed';
  readonly exhibit: SubmittedExhibit | null;
  readonly failed: string | null;
}

export const dropped = (file: File): DroppedFile => ({
  key: newKey(),
  file,
  line: null,
  state: 'waiting',
  exhibit: null,
  failed: null,
});

/** What the service said of a submission, by line of the paste. */
export interface Checked {
  readonly caseId: string;
  readonly reference: string;
  readonly items: ReadonlyMap<number, Item>;
  readonly refused: ReadonlyMap<number, string>;
}

/** The lines that are sent: those that were understood, each thing once. In their order, with their place. */
export const sendable = (lines: readonly PastedLine[]): readonly number[] =>
  lines.flatMap(({ item, duplicateOf }, i) => (item && duplicateOf === null ? [i] : []));

function checkedOf(answer: Submission, places: readonly number[]): Checked {
  const placeOf = (index: number): number => places[index] ?? -1;
  return {
    caseId: answer.id,
    reference: answer.reference,
    items: new Map(answer.items.map((item) => [placeOf(item.index), item])),
    refused: new Map(
      answer.refused.flatMap(({ index, title, detail }) =>
        index === undefined ? [] : [[placeOf(index), detail ? `${title}: ${detail}` : title]],
      ),
    ),
  };
}

/**
 * Opens the case with every address. Files follow one by one (see {@link sendFile}): no notice waits for an upload. Only where
 * there is no address at all does the first file come with the case.
 */
export async function check(
  about: Omit<NewCase, 'items'>,
  lines: readonly PastedLine[],
  files: readonly DroppedFile[],
  key: string,
): Promise<{ readonly checked: Checked; readonly first: SubmittedExhibit | null }> {
  const places = sendable(lines);
  const [first] = files;
  if (places.length === 0 && first) {
    const answer = await openCaseWith(first.file, about, key);
    return { checked: checkedOf(answer, places), first: answer.exhibits[0] ?? null };
  }
  const items = places.flatMap((place) => lines[place]?.item ?? []);
  return { checked: checkedOf(await openCase({ ...about, items }, key), places), first: null };
}

/** One file with its hashes and matches as they are afterwards; or why it was not taken. */
export async function sendFile(file: DroppedFile, caseId: string, lines: readonly PastedLine[]): Promise<DroppedFile> {
  try {
    const item = file.line === null ? null : (lines[file.line]?.item ?? null);
    const answer = await addFile(caseId, file.file, item, file.key);
    const [exhibit] = answer.exhibits;
    const [refused] = answer.refused;
    if (!exhibit) return { ...file, state: 'failed', failed: refused?.title ?? null };
    return { ...file, state: 'done', exhibit, failed: null };
  } catch (error) {
    return { ...file, state: 'failed', failed: reasonOf(error, t.shell.unreachable) };
  }
}

/** What goes to one platform. */
export interface Parcel {
  readonly platformId: string;
  readonly platform: string;
  readonly itemIds: readonly string[];
}

/** The open items of this case, a parcel for each platform. What is open in another case is not sent again. */
export function parcelsOf({ items, caseId }: Checked): readonly Parcel[] {
  const parcels = new Map<string, { platform: string; itemIds: string[] }>();
  for (const item of items.values()) {
    if (!item.platform || item.state !== 'open' || item.caseId !== caseId) continue;
    const parcel = parcels.get(item.platform.id) ?? { platform: item.platform.name, itemIds: [] };
    if (!parcel.itemIds.includes(item.id)) parcel.itemIds.push(item.id);
    parcels.set(item.platform.id, parcel);
  }
  return [...parcels].map(([platformId, parcel]) => ({ platformId, ...parcel }));
}

/** Writes the notice and lets it go. A try that broke off finds the draft of the try before by its key. */
export async function sendParcel(caseId: string, parcel: Parcel, grounds: string, key: string): Promise<Notice> {
  const { platformId, itemIds } = parcel;
  const why = grounds.trim() === '' ? {} : { grounds: grounds.trim() };
  const draft = await draftNotice({ caseId, platformId, itemIds, kind: 'referral', ...why }, key);
  return step(draft.id, 'send', { version: draft.version });
}
