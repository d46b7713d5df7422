import { createHash } from 'node:crypto';
import { vpdqDigest } from '../../src/perceptual/vpdq';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import type { Person, World } from './app';

export interface Frame {
  readonly hash: string;
  readonly quality: number;
  readonly atMs: number;
}

/** Frames of an invented video: each a value with 128 ones, as PDQ's are. */
export function film(name: string, count: number): Frame[] {
  return Array.from({ length: count }, (_, second) => {
    const half = createHash('sha256').update(`${name} ${second}`).digest().subarray(0, 16);
    const hash = Buffer.concat([half, half.map((byte) => 255 - byte)]).toString('hex');
    return { hash, quality: 90, atMs: second * 1000 };
  });
}

export const digestOf = (frames: readonly Frame[]): string =>
  vpdqDigest(frames.map((frame, at) => ({ ...frame, frame: at })))!;

/** As its contributor sends it. @returns the signal's id */
export async function contributeFilm(by: Person, frames: readonly Frame[], more: object = {}): Promise<string> {
  const body = { type: 'vpdq', value: digestOf(frames), labels: {}, frames, ...more };
  const made = await by.post<SignalView>('/v1/signals', body);
  if (made.status !== 201) throw new Error(`not contributed: ${made.status} ${JSON.stringify(made.body)}`);
  return made.body.id;
}

/** The same for films of many frames, which are put into the table by hand. */
export async function contributeLongFilm(
  world: World,
  by: Person,
  frames: readonly Frame[],
  more: object = {},
): Promise<string> {
  const made = await by.post<SignalView>('/v1/signals', { type: 'vpdq', value: digestOf(frames), labels: {}, ...more });
  if (made.status !== 201) throw new Error(`not contributed: ${made.status} ${JSON.stringify(made.body)}`);
  await world.sql.query(
    'insert into signal_frame (signal_id, ordinal, hash, quality) select $1, place, hash, 90 from unnest($2::text[]) with ordinality u (hash, place)',
    [made.body.id, frames.map(({ hash }) => hash)],
  );
  return made.body.id;
}
