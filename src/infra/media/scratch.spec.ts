import { mkdtempSync, readdirSync } from 'node:fs';
import { mkdir, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Scratch } from './scratch';

const scratchFolder = mkdtempSync(join(tmpdir(), 'clepsydra-scratch-'));
afterAll(() => rm(scratchFolder, { recursive: true, force: true }));

describe('the place for videos while they are decoded', () => {
  const read = (source: Readable, maxBytes = 1000, declaredSize?: number): ReturnType<Scratch['receive']> =>
    new Scratch(scratchFolder).receive(source, { maxBytes, declaredSize, signal: new AbortController().signal });

  it('lets nobody else in, has no name on Linux, and is gone afterwards', async () => {
    const file = await read(Readable.from([Buffer.from('con'), Buffer.from('tent')]));
    expect(file.size).toBe(7);
    expect((await file.read(3, 100)).toString()).toBe('tent');
    const [folder] = readdirSync(scratchFolder);
    const { mode } = await stat(join(scratchFolder, folder!));
    expect(mode & 0o777).toBe(0o700);
    if (process.platform === 'linux') expect(readdirSync(join(scratchFolder, folder!))).toEqual([]);
    const again = await open(file.pathIn(file.fd), 'r');
    expect((await again.stat()).mode & 0o777).toBe(0o600);
    expect((await again.readFile()).toString()).toBe('content');
    await again.close();
    await file.remove();
    expect(readdirSync(scratchFolder)).toEqual([]);
  });

  it('keeps nothing of what is too long, too short or breaks off', async () => {
    const long = Readable.from([Buffer.alloc(1001)]);
    await expect(read(long)).rejects.toMatchObject({ code: 'video.too-large' });
    await expect(read(Readable.from([Buffer.alloc(5)]), 1000, 6)).rejects.toMatchObject({ code: 'video.truncated' });
    await expect(read(Readable.from([]))).rejects.toMatchObject({ code: 'video.truncated' });
    expect(readdirSync(scratchFolder)).toEqual([]);
  });

  it('is swept of what processes that ended left behind, and of nothing that is in use or is not its own', async () => {
    const inUse = await read(Readable.from([Buffer.alloc(5)]));
    const [live] = readdirSync(scratchFolder);
    // Numbers of processes end far below this on every system; and an earlier process may have had our own number.
    for (const name of ['media-2147483646-x', `media-${process.pid}-x`, 'else', `media-${process.ppid}-x`]) {
      await mkdir(join(scratchFolder, name));
      await writeFile(join(scratchFolder, name, 'content'), 'left');
    }
    expect(await new Scratch(scratchFolder).sweep()).toBe(2);
    const kept = [live, 'else', `media-${process.ppid}-x`];
    expect(new Set(readdirSync(scratchFolder))).toEqual(new Set(kept));
    await inUse.remove();
    for (const name of kept) await rm(join(scratchFolder, name!), { recursive: true, force: true });
    expect(await new Scratch(join(scratchFolder, 'never-made')).sweep()).toBe(0);
  });
});
