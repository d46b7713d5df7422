import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../../domain/errors';
import { makeDirectory, syncDirectory } from './durable-file';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** All 256 are made at the start: a directory made later would need an fsync of its parent in the middle of an upload. */
export const SHARDS: readonly string[] = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

export const isIdentifier = (id: string): boolean => UUID.test(id);

/** Only a lower-case UUID ever becomes part of a path. The last two digits of a v7 UUID are random, the first are the time. */
export function shardOf(id: string): string {
  if (!isIdentifier(id)) throw new DomainError('storage.missing', { reason: 'not an identifier' });
  return id.slice(-2);
}

export async function makeShards(directory: string): Promise<void> {
  await makeDirectory(directory);
  for (const shard of SHARDS) await mkdir(join(directory, shard), { recursive: true, mode: 0o700 });
  await syncDirectory(directory);
}
