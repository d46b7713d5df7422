import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { ended, spawnConfined } from './confined';

export type FfmpegState =
  | { readonly available: true; readonly path: string; readonly version: string }
  | { readonly available: false; readonly reason: string };

const ANSWER_MS = 10_000;
const ANSWER_BYTES = 16_384;
const MIB_AS_KIB = 1024;

/**
 * The first executable `ffmpeg` in the absolute folders of a search path, and what it calls itself. No shell looks for
 * it, and relative folders are not searched.
 */
export async function findFfmpeg(searchPath: string): Promise<FfmpegState> {
  const path = await firstExecutable(searchPath.split(delimiter).filter(isAbsolute));
  if (path === undefined) return { available: false, reason: 'ffmpeg is not installed' };
  const version = await askVersion(path);
  if (version === undefined) return { available: false, reason: 'what is found as ffmpeg does not answer as ffmpeg' };
  return { available: true, path, version };
}

async function firstExecutable(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, 'ffmpeg');
    try {
      await access(path, constants.X_OK);
      if ((await stat(path)).isFile()) return path;
    } catch {
      continue;
    }
  }
  return undefined;
}

async function askVersion(path: string): Promise<string | undefined> {
  const limits = { cpuSeconds: 10, memoryKib: 1024 * MIB_AS_KIB };
  const child = spawnConfined(path, ['-version'], ['ignore', 'pipe', 'ignore'], limits);
  const timer = setTimeout(() => child.kill('SIGKILL'), ANSWER_MS);
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    if (text.length < ANSWER_BYTES) text += chunk.toString('latin1');
  });
  await ended(child);
  clearTimeout(timer);
  return /^ffmpeg version ([\x21-\x7e]{1,100})/.exec(text)?.[1];
}

/** `-fps_mode` came with 5.1 and replaces `-vsync`; builds without a number in their version are newer than that. */
export function passthroughArgs(version: string): string[] {
  const [, major, minor] = /^n?(\d+)\.(\d+)/.exec(version) ?? [];
  const old = major !== undefined && Number(major) * 100 + Number(minor) < 501;
  return old ? ['-vsync', 'passthrough'] : ['-fps_mode', 'passthrough'];
}
