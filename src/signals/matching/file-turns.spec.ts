import { FileTurns } from './file-turns';

describe('the files of one organisation', () => {
  it('are refused with the time to come back at when 200 wait, while those of another are taken', async () => {
    const turns = new FileTurns();
    const { signal } = new AbortController();
    const ends: (() => void)[] = [];
    const endless = (): Promise<void> => new Promise((resolve) => ends.push(resolve));
    const jobs = Array.from({ length: 200 }, () => turns.run('a', endless, signal));
    await expect(turns.run('a', endless, signal)).rejects.toMatchObject({
      code: 'request.unavailable',
      details: { retryAfterSeconds: 10 },
    });
    expect(await turns.run('b', () => Promise.resolve('taken'), signal)).toBe('taken');
    expect(ends).toHaveLength(4);
    while (ends.length > 0) {
      ends.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(jobs);
  });
});
