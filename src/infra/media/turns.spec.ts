import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { peek } from './peek';
import { Turns } from './turns';

describe('turns', () => {
  it('lets so many work at a time, in order, also after a failure, and lets go of who no longer waits', async () => {
    const turns = new Turns(2);
    const asking = new AbortController();
    const order: number[] = [];
    let running = 0;
    let most = 0;
    const work = (n: number, signal = new AbortController().signal): Promise<void> =>
      turns.run(async () => {
        most = Math.max(most, ++running);
        order.push(n);
        await sleep(5);
        running -= 1;
        if (n === 1) throw new Error('failed');
      }, signal);
    const jobs = [work(0), work(1), work(2, asking.signal), work(3), work(4)];
    asking.abort(new Error('left'));
    const results = await Promise.allSettled(jobs);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(order).toEqual([0, 1, 3, 4]);
    expect(most).toBe(2);
    await expect(work(5, asking.signal)).rejects.toThrow('left');
  });
});

describe('turns by who asks', () => {
  it('let one who asks once pass the queue of one who asked many times', async () => {
    const turns = new Turns(1);
    const { signal } = new AbortController();
    const order: string[] = [];
    const ask = (owner: string, name: string): Promise<unknown> =>
      turns.run(() => Promise.resolve(order.push(name)), signal, owner);
    const jobs = [ask('a', 'a0'), ask('a', 'a1'), ask('a', 'a2'), ask('a', 'a3'), ask('b', 'b1')];
    expect(turns.waiting).toBe(4);
    await Promise.all(jobs);
    expect(order).toEqual(['a0', 'a1', 'b1', 'a2', 'a3']);
  });
});

describe('looking at the head of a stream', () => {
  it('takes nothing away, however it comes', async () => {
    for (const pieces of [['abcdef'], ['a', 'b', 'cdef'], [], ['ab']]) {
      const { head, whole } = await peek(Readable.from(pieces.map((piece) => Buffer.from(piece))), 3);
      expect(head.toString()).toBe(pieces.join('').slice(0, 3));
      expect(Buffer.concat((await whole.toArray()) as Buffer[]).toString()).toBe(pieces.join(''));
    }
  });
});
