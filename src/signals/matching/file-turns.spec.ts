import { FileTurns } from './file-turns';

describe('the turns of files', () => {
  it('are four of one organisation and twelve of all, and two hundred of one may ask', async () => {
    const turns = new FileTurns();
    const { signal } = new AbortController();
    const running: string[] = [];
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const ask = (organisation: string): Promise<number> =>
      turns.run(organisation, () => ended.then(() => running.push(organisation)), signal);
    const started = new Map<string, number>();
    const watched = (organisation: string): Promise<void> =>
      turns.run(
        organisation,
        async () => {
          started.set(organisation, (started.get(organisation) ?? 0) + 1);
          await ended;
        },
        signal,
      );
    const jobs = ['a', 'b', 'c', 'd'].flatMap((each) => Array.from({ length: 6 }, () => watched(each)));
    const rest = Array.from({ length: 194 }, () => ask('a'));
    await expect(ask('a')).rejects.toMatchObject({ code: 'request.unavailable' });
    await Promise.resolve();
    expect([...started]).toEqual([
      ['a', 4],
      ['b', 4],
      ['c', 4],
    ]);
    end();
    await Promise.all([...jobs, ...rest]);
    expect(running).toHaveLength(194);
    await ask('a');
  });

  it('are given up by who hangs up while he waits', async () => {
    const turns = new FileTurns();
    const leaving = new AbortController();
    const { signal } = new AbortController();
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const jobs = Array.from({ length: 4 }, () => turns.run('a', () => ended, signal));
    const gone = turns.run('a', () => Promise.resolve(), leaving.signal);
    leaving.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    end();
    await Promise.all(jobs);
  });
});
