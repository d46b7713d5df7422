import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BatchMatch, BatchQuestion, Match } from '../../src/signals/matching/match.dto';
import { SignalIndex } from '../../src/signals/matching/signal-index.service';
import type { Person, World } from './app';
import { randomHash } from './hashes';

/** What of the built package is used; it is ESM with a configuration of its own. */
export type OfflineMatch = Omit<BatchMatch, 'query' | 'contributions' | 'feedback' | 'policyVersion'>;
export interface Offline {
  readonly size: number;
  sync(client: object): Promise<{ changed: number; withdrawn: number; malformed: number; refetched: string | null }>;
  match(hashes: readonly BatchQuestion[] | { readonly sha256: string }): OfflineMatch[];
  matchFrames(frames: readonly object[]): OfflineMatch[];
}
export interface OfflineSdk {
  readonly Clepsydra: new (options: { baseUrl: string; token: string; fetch?: typeof fetch }) => object;
  readonly OfflineMatcher: { open(options: { folder: string }): Offline };
  hashFile(file: string): Promise<{ readonly sha256: string; readonly video: object | null }>;
}

export const offlineSdk = async (): Promise<OfflineSdk> =>
  (await import(pathToFileURL(resolve('sdk/dist/index.js')).href)) as OfflineSdk;

/** A key of the administrator's organisation with which a program matches offline, and asks the server the same. */
export async function offlineKey(world: World, admin: Person): Promise<string> {
  const permissions = ['signal.query', 'signal.fetch', 'signal-list.read'];
  const expiresAt = new Date(world.clock.now().getTime() + 30 * 86_400_000).toISOString();
  const made = await admin.post<{ key: string }>('/v1/api-keys', { name: 'offline', permissions, expiresAt });
  expect(made.status).toBe(201);
  return made.body.key;
}

/** What both can say of a match: the feed does not say who contributed when. */
export function said(match: OfflineMatch | Match | BatchMatch): {
  readonly signalId: string;
  readonly [said: string]: unknown;
} {
  const { signalId, type, value, distance, state, reviewed, labels, severity, incident, opinions, action, because } =
    match;
  const { lists, vpdq } = match;
  return {
    signalId,
    type,
    value,
    distance,
    state,
    reviewed,
    labels,
    severity,
    incident,
    lists,
    opinions,
    action,
    because,
    ...(vpdq ? { vpdq } : {}),
  };
}

/** The server's own index follows the ledger some 100 ms behind. */
export async function untilFollowed(world: World, asker: Person): Promise<void> {
  const target = await world.sql.query<{ seq: string }>('select max(seq) as seq from ledger_leaf');
  const last = Number(target.rows[0]?.seq ?? 0);
  for (let turn = 0; turn < 400; turn++) {
    const { body } = await asker.get<{ freshness: { through: number } }>(
      `/v1/signals/match?type=sha256&value=${randomHash()}`,
    );
    if (world.app.get(SignalIndex).loaded && body.freshness.through >= last) return;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error('the index does not follow');
}
