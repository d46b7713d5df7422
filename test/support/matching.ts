import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/app';
import { dataSourceOptions } from '../../src/data-source';
import type { BatchMatchAnswer, FileMatchAnswer, MatchAnswer } from '../../src/signals/matching/match.dto';
import { SignalIndex } from '../../src/signals/matching/signal-index.service';
import { startWorld, type Answer, type Person, type World } from './app';
import { until, untilLoaded } from './signals';

export const DAY_MS = 86_400_000;

export interface MatchingCast {
  readonly world: World;
  readonly analyst: Person;
  readonly moderator: Person;
  /** Who contributes hashes and asks for none. */
  readonly curator: Person;
}

/** A node that has loaded its hashes, with those who contribute and those who ask. */
export async function startMatching(): Promise<MatchingCast> {
  const world = await startWorld();
  const { analyst, moderator } = await world.cast();
  const curator = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
  await untilLoaded(world);
  return { world, analyst, moderator, curator };
}

/** A second node on the world's database, loaded as well. */
export async function anotherNode({ config, clock, database }: World): Promise<NestFastifyApplication> {
  const node = await createApp({
    config: { ...config, worker: false },
    clock,
    connections: {
      app: dataSourceOptions(database.urls.app, 4),
      worker: dataSourceOptions(database.urls.worker, 2),
      scopeKey: database.scopeKey,
    },
  });
  await until(() => node.get(SignalIndex).loaded);
  return node;
}

export const lookUp = (person: Person, type: string, value: string, radius?: number): Promise<Answer<MatchAnswer>> =>
  person.get(`/v1/signals/match?type=${type}&value=${value}${radius === undefined ? '' : `&radius=${radius}`}`);

export const batch = <T = BatchMatchAnswer>(person: Person, body: unknown): Promise<Answer<T>> =>
  person.post<T>('/v1/signals/match/batch', body);

export function formOf(bytes: Buffer, name = 'file'): FormData {
  const form = new FormData();
  form.set(name, new Blob([new Uint8Array(bytes)]), 'picture.jpg');
  return form;
}

export const matchFile = (person: Person, bytes: Buffer, query = ''): Promise<Answer<FileMatchAnswer>> =>
  person.form(`/v1/signals/match${query}`, formOf(bytes));

/** A key of the person's organisation that may look hashes up, for a month. */
export async function newKey(world: World, of: Person): Promise<{ id: string; key: string }> {
  const expiresAt = new Date(world.clock.now().getTime() + 30 * DAY_MS).toISOString();
  const body = { name: 'uploads', permissions: ['signal.query'], expiresAt };
  const made = await of.post<{ id: string; key: string }>('/v1/api-keys', body);
  expect(made.status).toBe(201);
  return made.body;
}
