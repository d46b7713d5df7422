import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from './start-error';

/**
 * Makes a folder (0700) and those above it. Not `mkdir` with `recursive`: on /proc and the like that one asks again without
 * end (seen with Node 24.21), and elsewhere it says ENOENT where the truth is EROFS.
 */
export function makeFolder(folder: string): void {
  if (existsSync(dirname(folder))) return makeOne(folder);
  makeFolder(dirname(folder));
  makeOne(folder);
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST' || !statSync(folder).isDirectory()) throw error;
  }
}
