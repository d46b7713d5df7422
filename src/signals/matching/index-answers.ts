import type { SignalType } from '../../domain/vocabulary';
import { turn } from '../../infra/turn';
import { hammingDistance } from '../../perceptual/hamming';
import { isPerceptual } from '../../perceptual/match-radius';
import type { VpdqFrame } from '../../perceptual/vpdq';
import type { HashStore } from './hash-store';
import type { Hit, KnownSignal } from './known-signal';
import type { Question } from './question';

/** From memory, whoever may see it; gives way to the event loop when a search takes long. */
export async function findInStore(store: HashStore, { type, value, radius, variant }: Question): Promise<Hit[]> {
  const of = variant ? { variant } : {};
  if (!isPerceptual(type)) {
    const row = store.exact(type, value);
    return row === undefined ? [] : [{ signal: store.read(row, value), distance: 0, ...of }];
  }
  const scan = store.index(type).start(value, radius);
  let slices = 1;
  for (; !scan.step(); slices++) await turn();
  // A row that was given to another signal between two slices is that signal's, not what was found.
  return scan.matches
    .map(({ id, distance }) => ({ signal: store.read(id), distance, ...of }))
    .filter(({ signal, distance }) => slices === 1 || isStill(signal, type, value, distance));
}

export async function findVideosInStore(store: HashStore, frames: readonly VpdqFrame[]): Promise<Hit[]> {
  const scan = store.frames.start(frames);
  while (!scan.step()) await turn();
  return scan.hits().map(({ video, distance, queryPercent, comparedPercent }) => ({
    signal: store.read(video),
    distance,
    vpdq: { queryPercent, comparedPercent },
  }));
}

const isStill = (signal: KnownSignal, type: SignalType, value: string, distance: number): boolean =>
  signal.type === type && hammingDistance(signal.value, value) === distance;
