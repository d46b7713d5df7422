import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import path from 'node:path';

/** A file to hash, or what could not be looked into. */
export type Walked = { readonly file: string } | { readonly unreadable: string; readonly error: unknown };

/**
 * Every regular file below a folder, hidden ones included, in no order that is promised. Symbolic links are not followed:
 * they could lead out of the folder or round in a circle. What is neither file nor folder is passed over. Names are held
 * one folder's handle a level, never a whole tree.
 */
export async function* walk(folder: string): AsyncGenerator<Walked> {
  let entries: AsyncIterable<Dirent>;
  try {
    entries = await opendir(folder, { bufferSize: 256 });
  } catch (error) {
    yield { unreadable: folder, error };
    return;
  }
  const below: string[] = [];
  try {
    for await (const entry of entries) {
      const at = path.join(folder, entry.name);
      if (entry.isFile()) yield { file: at };
      else if (entry.isDirectory()) below.push(at);
    }
  } catch (error) {
    yield { unreadable: folder, error };
  }
  // After the handle is closed: a deep tree must not use up the handles that a process may have.
  for (const each of below) yield* walk(each);
}
