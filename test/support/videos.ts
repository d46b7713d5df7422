import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sceneJpeg } from './images';

const run = promisify(execFile);

/** Tests that need it are skipped, and say so, where it is not installed. */
export const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

/** A folder for the videos of one spec file, and the means to make them: generated pictures and ffmpeg's own test pictures. */
export class VideoStudio {
  readonly folder = mkdtempSync(join(tmpdir(), 'clepsydra-videos-'));

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Runs ffmpeg and returns the path of what it made; `args` come between the sources and the name. */
  async make(name: string, args: readonly string[]): Promise<string> {
    await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args, this.path(name)]);
    return this.path(name);
  }

  /** ffmpeg's own moving pictures: testsrc2, mandelbrot and the like. */
  pattern(name: string, source: string, seconds: number, args: readonly string[] = []): Promise<string> {
    return this.make(name, ['-f', 'lavfi', '-i', source, '-t', String(seconds), '-pix_fmt', 'yuv420p', ...args]);
  }

  /** Each of so many generated scenes shown for three seconds. */
  async slides(name: string, firstSeed: number, count: number, args: readonly string[] = []): Promise<string> {
    for (let i = 0; i < count; i++) await writeFile(this.path(`${name}-${i}.jpg`), await sceneJpeg(firstSeed + i));
    const source = ['-framerate', '1/3', '-i', this.path(`${name}-%d.jpg`), '-vf', 'crop=640:426', '-r', '10'];
    return this.make(name, [...source, '-pix_fmt', 'yuv420p', ...args]);
  }

  read(name: string): Promise<Buffer> {
    return readFile(this.path(name));
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Every frame of Motion JPEG claims to be of this size now (ITU-T T.81, B.2.2: the frame header). */
export function withJpegSize(video: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(video);
  const header = Buffer.from([0xff, 0xc0, 0x00, 0x11, 0x08]);
  for (let at = changed.indexOf(header); at >= 0; at = changed.indexOf(header, at + 1)) {
    changed.writeUInt16BE(height, at + 5);
    changed.writeUInt16BE(width, at + 7);
  }
  return changed;
}
