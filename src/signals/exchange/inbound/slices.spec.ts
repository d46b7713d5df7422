import * as fc from 'fast-check';
import { DomainError } from '../../../domain/errors';
import { LONGEST_RECORD, parseEnvelope, parseLines } from './slices';

const END = '{"through":"c"}';

/** What everything else that waits has had meanwhile: turns of the event loop. */
async function turnsDuring<T>(work: Promise<T>): Promise<{ readonly value: T; readonly turns: number }> {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const value = await work;
  isOver = true;
  return { value, turns };
}

describe('lines of JSON', () => {
  it('that are longer than any record are not parsed, and those beside them are', async () => {
    const [deep, wide, long] = [
      '['.repeat(5_000_000),
      `{"a":${'1'.repeat(LONGEST_RECORD)}}`,
      `"${'x'.repeat(300_000)}"`,
    ];
    const lines = await parseLines(['{"a":1}', deep, wide, long, '{"b":2}', END].join('\n'), 10);
    expect(lines?.values).toEqual([{ a: 1 }, undefined, undefined, undefined, { b: 2 }]);
    expect(lines?.end).toEqual({ through: 'c' });
  });

  it('keep the frames of a film of hours, whatever their place in the line', async () => {
    const frames = 'ab'.repeat(640_000);
    const lines = [
      { frames, signalId: 'a' },
      { signalId: 'a', frames },
      { frames: 'cd', labels: { frames } },
    ];
    const texts = lines.map((line) => JSON.stringify(line));
    const found = await parseLines([...texts, END].join('\n'), 10);
    expect(found?.values.slice(0, 2)).toEqual(lines.slice(0, 2));
    // Cut out where they are none: the line says less than it seems to, and is refused.
    expect(found?.values[2]).toBeUndefined();
  });

  it('are not all read where there are too many', async () => {
    expect(await parseLines(['1', '2', '3', END].join('\n'), 2)).toBeNull();
    expect((await parseLines(['1', '2', END].join('\n'), 2))?.values).toEqual([1, 2]);
  });

  it('let everything else have its turn', async () => {
    const line = JSON.stringify({ text: 'x'.repeat(60_000) });
    const { turns } = await turnsDuring(
      parseLines([...Array.from({ length: 100 }, () => line), END].join('\n'), 1_000),
    );
    expect(turns).toBeGreaterThanOrEqual(40);
  });
});

describe('an envelope', () => {
  it('is what JSON.parse makes of it', () => {
    const other = fc.string().filter((name) => name !== 'objects' && name !== '__proto__');
    const spaces = fc.constantFrom(undefined, 1, '\t', '\r\n ');
    return fc.assert(
      fc.asyncProperty(
        fc.dictionary(other, fc.jsonValue(), { maxKeys: 4 }),
        fc.array(fc.jsonValue(), { maxLength: 6 }),
        spaces,
        async (rest, objects, space) => {
          for (const envelope of [{ ...rest, objects }, { objects, ...rest }, rest, { ...rest, objects: 'none' }]) {
            const text = JSON.stringify(envelope, null, space);
            expect(await parseEnvelope(text, 'objects', 10)).toEqual(JSON.parse(text));
          }
        },
      ),
    );
  });

  it('is read or refused, and never throws anything but a problem, wherever it is cut', () => {
    const whole = JSON.stringify({ more: false, objects: [{ a: '"]' }, [], 'x\\"', 1], next: 'n' });
    return fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.string(), async (at, more) => {
        await expect(parseEnvelope(whole.slice(0, at), 'objects', 10)).rejects.toThrow(DomainError);
        await parseEnvelope(whole.slice(0, at) + more, 'objects', 10).catch((error: unknown) => {
          expect(error).toBeInstanceOf(DomainError);
        });
      }),
    );
  });

  it('has an item that is too long, or no JSON, as undefined among the others', async () => {
    const long = `{"a":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`;
    const { value, turns } = await turnsDuring(parseEnvelope(`{"objects":[1, ${long}, tru, 2]}`, 'objects', 10));
    expect(value).toEqual({ objects: [1, undefined, undefined, 2] });
    expect(turns).toBeGreaterThanOrEqual(5);
  });

  it('with more items than are read is refused', async () => {
    const asked = parseEnvelope('{"objects":[1,2,3]}', 'objects', 2);
    await expect(asked).rejects.toMatchObject({ code: 'exchange.source-unreadable' });
  });
});
