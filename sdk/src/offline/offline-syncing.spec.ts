import fs from 'node:fs';
import path from 'node:path';
import { Clepsydra } from '../clepsydra';
import { ProblemError } from '../errors';
import { TestingCopy, hex, ids, pdq } from './testing-copy';
import type { TestingFeed } from './testing-feed';

let copy: TestingCopy;
let feed: TestingFeed;
let client: Clepsydra;
beforeEach(async () => {
  copy = await TestingCopy.start();
  ({ feed, client } = copy);
});
afterEach(() => copy.close());

describe('syncing', () => {
  it('takes the whole feed in pages, then only what is new, and asks for gzip', async () => {
    feed.pageSize = 10;
    feed.tell(...Array.from({ length: 25 }, (_, id) => pdq(id)));
    const matcher = copy.open();
    expect(await matcher.sync(client)).toMatchObject({ changed: 25, withdrawn: 0, refetched: null, size: 25 });
    expect(feed.asked.map(({ cursor }) => cursor)).toEqual([null, '1:10', '1:20']);
    expect(feed.asked.every(({ encoding }) => encoding.includes('gzip'))).toBe(true);
    feed.tell(pdq(99));
    expect(await matcher.sync(client)).toMatchObject({ changed: 1, size: 26 });
    expect(feed.asked.at(-1)?.cursor).toBe('1:25');
  });

  it('names the lists that it wants, and refuses a folder that holds a copy of others', async () => {
    feed.tell(pdq(1));
    await copy.open({ lists: ['b', 'a', 'b'] }).sync(client);
    expect(feed.asked[0]?.lists).toBe('a,b');
    expect(() => copy.open({ lists: ['a'] })).toThrow(/copy of other lists/);
  });

  it('refuses to mix the lists of two servers', async () => {
    feed.tell(pdq(1));
    await copy.open().sync(client);
    const other = new Clepsydra({ baseUrl: feed.url.replace('127.0.0.1', 'localhost') });
    await expect(copy.open().sync(other)).rejects.toThrow(/holds a copy of http/);
  });

  it('matches after a restart without asking the server anything', async () => {
    feed.tell(pdq(1), pdq(2));
    await copy.open().sync(client);
    const asked = feed.asked.length;
    expect(ids(copy.open().match([{ type: 'pdq', value: hex(2) }]))).toEqual(['signal-00002']);
    expect(feed.asked).toHaveLength(asked);
  });

  it('goes on where an interrupted sync stopped, and does not match before the first is whole', async () => {
    feed.pageSize = 10;
    feed.tell(...Array.from({ length: 30 }, (_, id) => pdq(id)));
    feed.failsAfterPages = 2;
    await expect(copy.open().sync(client)).rejects.toThrow(ProblemError);
    expect(() => copy.open().match([{ type: 'pdq', value: hex(1) }])).toThrow(/first sync did not finish/);
    feed.failsAfterPages = Number.POSITIVE_INFINITY;
    const matcher = copy.open();
    expect(await matcher.sync(client)).toMatchObject({ changed: 10, size: 30 });
    expect(feed.asked.at(-1)?.cursor).toBe('1:20');
    expect(matcher.syncedAt).toBeInstanceOf(Date);
  });

  it('asks again for a page that broke off, and takes nothing of half a page', async () => {
    feed.tell(...Array.from({ length: 50 }, (_, id) => pdq(id)));
    feed.breaks = 1;
    expect(await copy.open().sync(client)).toMatchObject({ changed: 50, size: 50, malformed: 0 });
    feed.tell(pdq(60));
    feed.breaks = 99;
    const matcher = copy.open();
    await expect(matcher.sync(client)).rejects.toThrow(/breaks off/);
    expect(matcher.size).toBe(50);
  });

  it('fetches everything anew when the server no longer knows the cursor', async () => {
    feed.tell(pdq(1), pdq(2));
    const matcher = copy.open();
    await matcher.sync(client);
    feed.epoch = 2;
    feed.log.splice(0);
    feed.tell(pdq(2), pdq(3));
    expect(await matcher.sync(client)).toMatchObject({ refetched: expect.stringContaining('cursor'), size: 2 });
    expect(matcher.match([{ type: 'pdq', value: hex(1) }])).toEqual([]);
  });

  it('is not stopped by bad records, nor by types that it does not compare', async () => {
    feed.tell(pdq(1));
    feed.log.push('{ not json', '{"seq":1}', '[]', 'null');
    feed.tell(pdq(2, { value: hex(2).toUpperCase() }), pdq(3, { value: 'ff' }));
    feed.tell(pdq(4, { type: 'url' }), pdq(5, { type: 'made-up' }), pdq(6));
    expect(await copy.open().sync(client)).toMatchObject({ changed: 2, malformed: 6, otherTypes: 2, size: 2 });
  });

  it('lets one process write at a time, and takes over from one that is gone', async () => {
    feed.tell(pdq(1));
    const matcher = copy.open();
    await matcher.sync(client);
    fs.writeFileSync(path.join(copy.folder, 'lock'), String(process.ppid));
    await expect(matcher.sync(client)).rejects.toThrow(/another process is syncing/);
    fs.writeFileSync(path.join(copy.folder, 'lock'), '999999999');
    await matcher.sync(client);
    expect(fs.existsSync(path.join(copy.folder, 'lock'))).toBe(false);
  });

  it('takes up what another process has synced, without fetching it again', async () => {
    feed.tell(pdq(1));
    const [one, other] = [copy.open(), copy.open()];
    await one.sync(client);
    feed.tell(pdq(2));
    expect(await other.sync(client)).toMatchObject({ changed: 1, size: 2 });
    expect(await one.sync(client)).toMatchObject({ changed: 0, size: 2 });
    feed.tell(pdq(3));
    await other.sync(client);
    one.reload();
    expect(one.size).toBe(3);
  });
});
