import fs from 'node:fs';
import path from 'node:path';
import type { Clepsydra } from '../clepsydra';
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

describe('a copy that was damaged', () => {
  beforeEach(async () => {
    feed.tell(...Array.from({ length: 40 }, (_, id) => pdq(id)));
    await copy.open().sync(client);
  });
  const query = [{ type: 'pdq', value: hex(7) }] as const;

  it.each([
    [
      'cut short',
      () => fs.truncateSync(copy.recordsFile(), fs.statSync(copy.recordsFile()).size - 1),
      /ends after \d+ of \d+ bytes/,
    ],
    [
      'altered in one place',
      () =>
        fs.writeFileSync(
          copy.recordsFile(),
          fs.readFileSync(copy.recordsFile(), 'utf8').replace('signal-00007', 'signal-00008'),
        ),
      /not what was written/,
    ],
    ['missing', () => fs.rmSync(copy.recordsFile()), /is missing/],
    [
      'without a readable state',
      () => fs.writeFileSync(path.join(copy.folder, 'copy.json'), '{"version":1,'),
      /copy.json cannot be read/,
    ],
    [
      'pointing out of its folder',
      () =>
        fs.writeFileSync(
          path.join(copy.folder, 'copy.json'),
          fs.readFileSync(path.join(copy.folder, 'copy.json'), 'utf8').replace(/signals-\d+\.jsonl/, '../copy.json'),
        ),
      /cannot be read/,
    ],
    [
      'without a file for its state',
      () => {
        fs.rmSync(path.join(copy.folder, 'copy.json'));
        fs.mkdirSync(path.join(copy.folder, 'copy.json'));
      },
      /copy.json cannot be read/,
    ],
    [
      'under other terms than the server gave',
      () =>
        fs.writeFileSync(
          path.join(copy.folder, 'copy.json'),
          fs.readFileSync(path.join(copy.folder, 'copy.json'), 'utf8').replace('"terms": {', '"terms": {"more": 5,'),
        ),
      /copy.json cannot be read/,
    ],
  ])('says so when it is %s, does not match, and fetches it anew', async (_, damage, said) => {
    damage();
    const matcher = copy.open();
    expect(matcher.damage).toMatch(said);
    expect(() => matcher.match(query)).toThrow(said);
    expect(await matcher.sync(client)).toMatchObject({ refetched: expect.stringMatching(said), changed: 40, size: 40 });
    expect(ids(matcher.match(query))).toEqual(['signal-00007']);
    expect(copy.open().damage).toBeNull();
  });

  it('takes no harm from a tail that a killed process left behind the committed part', async () => {
    fs.appendFileSync(copy.recordsFile(), '{"signalId":"half a rec');
    const matcher = copy.open();
    expect(matcher.damage).toBeNull();
    feed.tell(pdq(70));
    await matcher.sync(client);
    const again = copy.open();
    expect([again.damage, again.size]).toEqual([null, 41]);
  });

  it('is readable by its owner alone', () => {
    expect(fs.statSync(copy.recordsFile()).mode & 0o777).toBe(0o600);
    expect(fs.statSync(path.join(copy.folder, 'copy.json')).mode & 0o777).toBe(0o600);
  });
});
