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
  /** What each film is made of. */
  private readonly made = new Map<string, string>();

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Runs ffmpeg and returns the path of what it made; `args` come between the sources and the name. */
  async make(name: string, args: readonly string[]): Promise<string> {
    this.made.delete(name);
    await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args, this.path(name)]);
    return this.path(name);
  }

  /** The film of this name if it was made of the same already; whoever damages one asks for it once. */
  private async once(name: string, of: readonly unknown[], make: () => Promise<string>): Promise<string> {
    const key = JSON.stringify(of);
    if (this.made.get(name) === key) return this.path(name);
    const path = await make();
    this.made.set(name, key);
    return path;
  }

  /** ffmpeg's own moving pictures: testsrc2, mandelbrot and the like. */
  pattern(name: string, source: string, seconds: number, args: readonly string[] = []): Promise<string> {
    const all = ['-f', 'lavfi', '-i', source, '-t', String(seconds), '-pix_fmt', 'yuv420p', ...args];
    return this.once(name, all, () => this.make(name, all));
  }

  /** Each of so many generated scenes shown for three seconds. */
  slides(name: string, firstSeed: number, count: number, args: readonly string[] = []): Promise<string> {
    return this.once(name, [firstSeed, count, args], async () => {
      for (let i = 0; i < count; i++) await writeFile(this.path(`${name}-${i}.jpg`), await sceneJpeg(firstSeed + i));
      const source = ['-framerate', '1/3', '-i', this.path(`${name}-%d.jpg`), '-vf', 'crop=640:426', '-r', '10'];
      return this.make(name, [...source, '-pix_fmt', 'yuv420p', ...args]);
    });
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

/** As films are made, and quickly: frames that refer to later ones are among them. */
export const H264 = ['-c:v', 'libx264', '-preset', 'veryfast'];

/** One key frame for the whole of an H.264 film, whatever its scenes. */
export const ONE_KEY_FRAME = [...H264, '-x264-params', 'keyint=99999:min-keyint=99999:scenecut=0'];

/**
 * The same film, and every header that says how long it is says this: ISO base media (ISO/IEC 14496-12, 8.2.2, 8.3.2,
 * 8.4.2; the edit list as well where it grows longer), Matroska's Duration, the frame counts of AVI, FLV's onMetaData.
 */
export function withLength(video: Buffer, seconds: number): Buffer {
  const changed = Buffer.from(video);
  const each = (mark: string, write: (at: number) => void): void => {
    const bytes = Buffer.from(mark, 'latin1');
    for (let at = changed.indexOf(bytes); at >= 0; at = changed.indexOf(bytes, at + 1)) write(at + bytes.length);
  };
  const movie = changed.indexOf('mvhd');
  if (movie >= 0) {
    const scale = changed.readUInt32BE(movie + 16);
    changed.writeUInt32BE(seconds * scale, movie + 20);
    each('tkhd', (at) => changed.writeUInt32BE(seconds * scale, at + 20));
    each('mdhd', (at) => changed.writeUInt32BE(seconds * changed.readUInt32BE(at + 12), at + 16));
    each(
      'elst',
      (at) => seconds * scale > changed.readUInt32BE(at + 8) && changed.writeUInt32BE(seconds * scale, at + 8),
    );
    return changed;
  }
  if (changed.readUInt32BE(0) === 0x1a45dfa3) each('\x44\x89\x88', (at) => changed.writeDoubleBE(seconds * 1000, at));
  each('avih', (at) => changed.writeUInt32LE(seconds * 10, at + 4 + 16));
  each('strh', (at) => changed.writeUInt32LE(seconds * 10, at + 4 + 32));
  each('\x00\x08duration\x00', (at) => changed.writeDoubleBE(seconds, at));
  return changed;
}
