import { mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFfmpeg, passthroughArgs } from './ffmpeg';

describe('ffmpeg', () => {
  it('is looked for in absolute folders alone, and believed only when it answers as ffmpeg does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clepsydra-ffmpeg-'));
    const found = (): ReturnType<typeof findFfmpeg> => findFfmpeg(folder);
    for (const path of ['', '.', 'bin:../bin', '/nowhere', 'off']) {
      expect(await findFfmpeg(path)).toEqual({ available: false, reason: 'ffmpeg is not installed' });
    }
    await mkdir(join(folder, 'ffmpeg'));
    expect(await found()).toMatchObject({ available: false, reason: 'ffmpeg is not installed' });
    await rm(join(folder, 'ffmpeg'), { recursive: true });
    await writeFile(join(folder, 'ffmpeg'), '#!/bin/sh\necho something else\n', { mode: 0o644 });
    expect(await found()).toMatchObject({ available: false, reason: 'ffmpeg is not installed' });
    await rm(join(folder, 'ffmpeg'));
    await writeFile(join(folder, 'ffmpeg'), '#!/bin/sh\necho something else\n', { mode: 0o755 });
    expect(await found()).toMatchObject({
      available: false,
      reason: expect.stringMatching(/does not answer as ffmpeg/),
    });
    await rm(folder, { recursive: true });
  });

  it.each([
    ['4.4.2-0ubuntu0.22.04.1', '-vsync'],
    ['5.0.1', '-vsync'],
    ['5.1.9-0+deb12u1', '-fps_mode'],
    ['n7.1', '-fps_mode'],
    ['N-118000-gabcdef', '-fps_mode'],
    ['10.0', '-fps_mode'],
  ])('of version %s is asked by %s for the frames as they are', (version, option) => {
    expect(passthroughArgs(version)).toEqual([option, 'passthrough']);
  });
});
