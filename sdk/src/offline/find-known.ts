import { radiusFor } from '../../../src/perceptual/match-radius';
import { vpdqDigest, type VpdqFrame } from '../../../src/perceptual/vpdq';
import type { FileHashes } from './file-hashes';
import { queriesOf, type HashQuery } from './hash-query';
import { byDistance, type Found, type SignalTable } from './signal-table';

export const findHash = (table: SignalTable, { type, value, radius = radiusFor(type) }: HashQuery): Found[] =>
  table.find(type, value, radius);

/** What is known of each hash of a file, in their order; of a film by its frames as well as by their digest. */
export const findFile = (table: SignalTable, hashes: FileHashes): Found[] =>
  queriesOf(hashes).flatMap((query) =>
    query.type === 'vpdq' ? findFilm(table, hashes.video?.frames ?? []) : findHash(table, query),
  );

/** Every film that is near by its frames, and the very same one where no frames of it are known; nearest first, then by id. */
export function findFilm(table: SignalTable, frames: readonly VpdqFrame[]): Found[] {
  const near = table.findFilms(frames);
  const digest = vpdqDigest(frames);
  if (digest === null) return near;
  const ids = new Set(near.map(({ signalId }) => signalId));
  const same = findHash(table, { type: 'vpdq', value: digest }).filter(({ signalId }) => !ids.has(signalId));
  return [...same, ...near].sort(byDistance);
}
