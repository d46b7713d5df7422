import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import path from 'node:path';

/** A file to hash, or what could not be looked into. */
export type Walked =
  | {
      /** As it is shown. */
      readonly file: string;
      /** As it is opened, where its name is not UTF-8: on Linux a name is any bytes. */
      readonly bytes?: Buffer;
    }
  | { readonly unreadable: string; readonly error: unknown };

function named(at: Buffer): { file: string; bytes?: Buffer } {
  const file = at.toString('utf8');
  return isUtf8(at) ? { file } : { file, bytes: at };
}

const below = (folder: Buffer, name: Buffer): Buffer => {
  const parent = folder.toString('latin1');
  return Buffer.concat([folder, Buffer.from(parent.endsWith(path.sep) ? '' : path.sep), name]);
};

/**
 * Every regular file below a folder, hidden ones included, in no order that is promised. Symbolic links are not followed:
 * they could lead out of the folder or round in a circle. What is neither file nor folder is passed over. Names are held
 * one folder's handle a level, never a whole tree.
 */
export async function* walk(start: string | Buffer): AsyncGenerator<Walked> {
  const folder = typeof start === 'string' ? Buffer.from(path.normalize(start)) : start;
  let entries: AsyncIterable<Dirent<Buffer>>;
  try {
    // Node's types know of no names in bytes here; Node does.
    const options = { bufferSize: 256, encoding: 'buffer' as BufferEncoding };
    entries = (await opendir(folder, options)) as unknown as AsyncIterable<Dirent<Buffer>>;
  } catch (error) {
    yield { unreadable: folder.toString('utf8'), error };
    return;
  }
  const folders: Buffer[] = [];
  try {
    for await (const entry of entries) {
      const at = below(folder, entry.name);
      if (entry.isFile()) yield named(at);
      else if (entry.isDirectory()) folders.push(at);
    }
  } catch (error) {
    yield { unreadable: folder.toString('utf8'), error };
  }
  // After the handle is closed: a deep tree must not use up the handles that a process may have.
  for (const each of folders) yield* walk(each);
}
