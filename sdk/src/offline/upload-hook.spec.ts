import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { recompressed, sceneJpeg, scenePixels } from '../../../seeds/scenes';
import { pdqHash } from '../../../src/perceptual/pdq';
import { TestingFeed } from './testing-feed';

const EXAMPLE = path.resolve(__dirname, '../../examples/upload-hook.mjs');

describe('the example of an upload hook', () => {
  let feed: TestingFeed;
  let folder: string;
  let server: ChildProcess | undefined;

  beforeEach(async () => {
    feed = await TestingFeed.start();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clepsydra-hook-'));
  });
  afterEach(async () => {
    if (server?.kill('SIGKILL')) await once(server, 'exit');
    server = undefined;
    await feed.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** Its address. */
  async function start(): Promise<string> {
    const env = { PATH: process.env.PATH, CLEPSYDRA_URL: feed.url, CLEPSYDRA_TOKEN: 'a-key', LISTS: folder, PORT: '0' };
    const child = spawn(process.execPath, [EXAMPLE], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    server = child;
    for await (const line of createInterface({ input: child.stdout })) return line;
    throw new Error('the example ended before it listened');
  }
  async function upload(address: string, bytes: Uint8Array): Promise<[number, unknown]> {
    const body = new FormData();
    body.append('file', new Blob([Uint8Array.from(bytes)]), 'picture.jpg');
    const answer = await fetch(`${address}/uploads`, { method: 'POST', body });
    return [answer.status, await answer.json()];
  }

  it('publishes an unknown picture, holds one that is near a known one, and refuses an identical reviewed file', async () => {
    const known = await sceneJpeg(1);
    feed.tell(
      { signalId: 'look', type: 'pdq', value: pdqHash(scenePixels(1)).hash },
      { signalId: 'file', type: 'sha256', value: createHash('sha256').update(known).digest('hex') },
    );
    const address = await start();
    expect(await upload(address, await sceneJpeg(2))).toEqual([201, { state: 'published' }]);
    expect(await upload(address, await recompressed(known))).toEqual([202, { state: 'held', signals: ['look'] }]);
    expect(await upload(address, known)).toEqual([403, { state: 'refused' }]);
    expect(feed.asked).toHaveLength(1);
  });

  it('holds what it could not compare by its look, and tells who sent no file', async () => {
    const address = await start();
    const picture = await sceneJpeg(2, { width: 1024, height: 768 });
    expect(await upload(address, picture)).toEqual([201, { state: 'published' }]);
    const film = Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex');
    const drawing = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="data:image/png;base64,"/></svg>');
    for (const file of [picture.subarray(0, picture.length - 9_000), Buffer.from('%PDF-1.7\n'), drawing, film]) {
      expect(await upload(address, file)).toEqual([202, { state: 'held', signals: [] }]);
    }
    const body = new FormData();
    body.append('words', 'no file');
    expect((await fetch(`${address}/uploads`, { method: 'POST', body })).status).toBe(400);
  });

  it('publishes nothing while it has no lists', async () => {
    feed.failsAfterPages = 0;
    const [status] = await upload(await start(), await sceneJpeg(3));
    expect(status).toBe(500);
  });

  it('is some twenty lines of code', () => {
    const lines = fs.readFileSync(EXAMPLE, 'utf8').split('\n');
    expect(lines.filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length).toBeLessThanOrEqual(25);
  });
});
