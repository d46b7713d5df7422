import type { DomainError } from '../../domain/errors';
import type { FileKind } from '../../infra/imaging/magic';
import { FileTurns } from './file-turns';

const { signal } = new AbortController();
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A file that comes at so many bytes a second of the ticks, and never ends by itself. */
class Sender {
  static readonly all: Sender[] = [];
  bytes = 0;
  began = false;
  refused: string | undefined;
  end: () => void = () => undefined;

  constructor(
    readonly turns: FileTurns,
    readonly owner: string,
    readonly rate: number,
    work: () => Promise<void> = () => Promise.resolve(),
    kind: FileKind = 'image',
  ) {
    Sender.all.push(this);
    let fail: (error: DomainError) => void = () => undefined;
    const rest = (): Promise<void> => {
      this.began = true;
      return new Promise((resolve, reject) => {
        this.end = resolve;
        fail = reject;
      });
    };
    const upload = {
      received: () => this.bytes,
      open: () => Promise.resolve({ kind, rest }),
      refuse: (error: DomainError) => fail(error),
    };
    turns.run(owner, upload, work, signal).catch((error: DomainError) => (this.refused = error.code));
  }
}

const send = (turns: FileTurns, owner: string, many: number, rate: number): Sender[] =>
  Array.from({ length: many }, () => new Sender(turns, owner, rate));

async function seconds(turns: FileTurns, many: number): Promise<void> {
  for (let n = 0; n < many; n++) {
    for (const sender of Sender.all) if (sender.turns === turns && sender.began) sender.bytes += sender.rate;
    turns.tick();
    await settled();
  }
}

const refused = (senders: readonly Sender[]): number =>
  senders.filter((sender) => sender.refused === 'request.too-slow').length;

describe('the files of one organisation', () => {
  it('are refused with the time to come back at when 200 wait, while those of another are taken', async () => {
    const turns = new FileTurns();
    const ends: (() => void)[] = [];
    const endless = {
      received: () => 0,
      open: () =>
        Promise.resolve({ kind: 'image', rest: () => new Promise<void>((resolve) => ends.push(resolve)) } as const),
      refuse: () => undefined,
    };
    const nothing = (): Promise<void> => Promise.resolve();
    const jobs = Array.from({ length: 200 }, () => turns.run('a', endless, nothing, signal));
    await expect(turns.run('a', endless, nothing, signal)).rejects.toMatchObject({
      code: 'request.unavailable',
      details: { retryAfterSeconds: 10 },
    });
    const other = {
      ...endless,
      open: () => Promise.resolve({ kind: 'image', rest: () => Promise.resolve('taken') } as const),
    };
    expect(await turns.run('b', other, (file) => Promise.resolve(file), signal)).toBe('taken');
    await settled();
    expect(ends).toHaveLength(4);
    while (ends.length > 0) {
      ends.shift()?.();
      await settled();
    }
    await Promise.all(jobs);
  });
});

describe('a place for a file', () => {
  it('is left by those who send nothing, as many as there are others who wait, and by nobody else', async () => {
    const turns = new FileTurns();
    const stalled = ['a', 'b', 'c'].flatMap((owner) => send(turns, owner, 4, 0));
    await settled();
    await seconds(turns, 60);
    expect(refused(stalled)).toBe(0);
    const [fourth, fifth] = [...send(turns, 'd', 1, 1e6), ...send(turns, 'e', 1, 1e6)];
    await settled();
    expect([fourth?.began, fifth?.began]).toEqual([false, false]);
    await seconds(turns, 1);
    expect([fourth?.began, fifth?.began, refused(stalled)]).toEqual([true, true, 2]);
  });

  it('is kept for its first five seconds, and by who sends as fast as a poor line carries', async () => {
    const turns = new FileTurns();
    const slow = [...send(turns, 'a', 3, 40_000), ...send(turns, 'a', 1, 20_000)];
    const [next] = send(turns, 'a', 1, 1e6);
    await settled();
    await seconds(turns, 4);
    expect([next?.began, refused(slow)]).toEqual([false, 0]);
    await seconds(turns, 1);
    expect([next?.began, refused(slow), slow[3]?.refused]).toEqual([true, 1, 'request.too-slow']);
    await seconds(turns, 60);
    expect(refused(slow)).toBe(1);
  });

  it('is left after half a minute to an organisation that has none, by one that has most of them', async () => {
    const turns = new FileTurns();
    const [a, b, c] = ['a', 'b', 'c'].map((owner) => send(turns, owner, 4, 40_000)) as [Sender[], Sender[], Sender[]];
    await settled();
    const [fourth] = send(turns, 'd', 1, 1e6);
    await seconds(turns, 29);
    expect(fourth?.began).toBe(false);
    await seconds(turns, 1);
    expect([fourth?.began, refused([...a, ...b, ...c])]).toEqual([true, 1]);
  });

  it('is not taken from a file that has come whole', async () => {
    const turns = new FileTurns();
    let finish = (): void => undefined;
    const looking = new Promise<void>((resolve) => (finish = resolve));
    const whole = ['a', 'b', 'c'].flatMap((owner) =>
      Array.from({ length: 4 }, () => new Sender(turns, owner, 0, () => looking)),
    );
    await settled();
    for (const sender of whole) sender.end();
    const [next] = send(turns, 'd', 1, 1e6);
    await seconds(turns, 100);
    expect([next?.began, refused(whole)]).toEqual([false, 0]);
    finish();
    await settled();
    expect(next?.began).toBe(true);
  });

  it.each(['video', 'pdf'] as const)(
    'of a picture is not held by a %s that waits for another, in whatever number',
    async (kind) => {
      const turns = new FileTurns();
      let looked = (): void => undefined;
      const looking = new Promise<void>((resolve) => (looked = resolve));
      const films = ['a', 'b', 'c'].flatMap((owner) =>
        Array.from({ length: 4 }, () => new Sender(turns, owner, 1e6, () => looking, kind)),
      );
      await settled();
      for (const film of films) film.end();
      await settled();
      expect(films.filter(({ began }) => began).map(({ owner }) => owner)).toEqual(['a', 'b']);
      const pictures = ['a', 'd'].flatMap((owner) => send(turns, owner, 4, 1e6));
      await settled();
      expect(pictures.map(({ began }) => began)).toEqual(Array(8).fill(true));
      looked();
      await settled();
      expect(
        films
          .filter(({ began }) => began)
          .map(({ owner }) => owner)
          .sort(),
      ).toEqual(['a', 'a', 'b', 'c']);
    },
  );
});
