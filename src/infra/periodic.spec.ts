import { jest } from '@jest/globals';
import { Periodic } from './periodic';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('takes the first turn after the pause, or when it is told to', async () => {
  const turns: string[] = [];
  const failed = (): void => undefined;
  const usual = new Periodic({ everyMs: 100, turn: () => Promise.resolve(turns.push('usual')), failed });
  const early = new Periodic({ everyMs: 100, turn: () => Promise.resolve(turns.push('early')), failed });
  usual.start();
  early.start(0);
  await jest.advanceTimersByTimeAsync(99);
  expect(turns).toEqual(['early']);
  await jest.advanceTimersByTimeAsync(1);
  expect(turns.toSorted()).toEqual(['early', 'early', 'usual']);
});

it('begins no turn before the last one has ended', async () => {
  let begun = 0;
  const ends: (() => void)[] = [];
  const turn = (): Promise<void> => new Promise((resolve) => (begun++, ends.push(resolve)));
  new Periodic({ everyMs: 10, turn, failed: () => undefined }).start();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(begun).toBe(1);
  ends[0]?.();
  await jest.advanceTimersByTimeAsync(10);
  expect(begun).toBe(2);
});

it('goes on after a turn that failed, with the pause that is asked for then', async () => {
  const failures: unknown[] = [];
  let pauseMs = 10;
  const turn = (): Promise<void> => Promise.reject(new Error('away'));
  new Periodic({
    everyMs: () => pauseMs,
    turn,
    failed: (error) => {
      failures.push(error);
      pauseMs = 1_000;
    },
  }).start();
  await jest.advanceTimersByTimeAsync(1_009);
  expect(failures).toHaveLength(1);
  await jest.advanceTimersByTimeAsync(1);
  expect(failures).toEqual([new Error('away'), new Error('away')]);
});

it('says of a failed turn whether the one before had failed, too', async () => {
  const outcomes = [false, false, true, false, false];
  const told: boolean[] = [];
  const turn = async (): Promise<void> => {
    if (!outcomes.shift()) throw new Error('away');
  };
  const periodic = new Periodic({ everyMs: 10, turn, failed: (_, again) => void told.push(again) });
  periodic.start();
  await jest.advanceTimersByTimeAsync(50);
  expect(told).toEqual([false, true, false, true]);
});

it('is stopped when the turn under way has ended, and takes none after it', async () => {
  let begun = 0;
  let end = (): void => undefined;
  const turn = (): Promise<void> => new Promise((resolve) => (begun++, (end = resolve)));
  const periodic = new Periodic({ everyMs: 10, turn, failed: () => undefined });
  periodic.start(0);
  periodic.start(0);
  await jest.advanceTimersByTimeAsync(0);
  expect(begun).toBe(1);
  let isOver = false;
  const stopping = periodic.stop().then(() => (isOver = true));
  await jest.advanceTimersByTimeAsync(100);
  expect(isOver).toBe(false);
  expect(periodic.isStopped).toBe(true);
  end();
  await stopping;
  await jest.advanceTimersByTimeAsync(100);
  expect(begun).toBe(1);
});
