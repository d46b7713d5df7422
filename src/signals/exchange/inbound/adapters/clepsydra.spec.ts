import * as fc from 'fast-check';
import { DomainError } from '../../../../domain/errors';
import { isSignalHash } from '../../../../domain/vocabulary';
import { readFeed } from './clepsydra';
import { readList } from './tat';

const END = JSON.stringify({ through: 'c', more: false });

describe('a feed', () => {
  it('gives one record for each line, in their order, whatever the lines are', () => {
    const member = fc.constantFrom('signalId', 'type', 'value', 'state', 'labels', 'opinions', 'standing', 'at');
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('pdq', 'active', 'withdrawn', 'disputed', 'ab'.repeat(32)));
    const line = fc.oneof(
      fc.dictionary(member, value).map((object) => JSON.stringify(object)),
      fc.json(),
      fc.string().map((text) => text.replaceAll('\n', ' ')),
    );
    return fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
        const { records } = await readFeed([...lines, END, ''].join('\n'));
        expect(records).toHaveLength(lines.length);
        for (const record of records) {
          if (record.kind !== 'stands') continue;
          expect(record.hashes.every(({ type, value: hash }) => isSignalHash(type, hash))).toBe(true);
        }
      }),
    );
  });

  it('is cut wherever it is cut, and never half taken', () => {
    const whole = `${JSON.stringify({ signalId: 'a', state: 'withdrawn' })}\n${END}\n`;
    return fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 3), async (at) => {
        await expect(readFeed(whole.slice(0, at))).rejects.toThrow(DomainError);
      }),
    );
  });

  it('of which one line is fifteen megabytes is read but for that line, which is never parsed', async () => {
    const parse = jest.spyOn(JSON, 'parse');
    const stands = JSON.stringify({ signalId: 'a', state: 'withdrawn' });
    const { records } = await readFeed([stands, '['.repeat(15_000_000), stands, END].join('\n'));
    const longest = Math.max(...parse.mock.calls.map(([text]) => text.length));
    parse.mockRestore();
    expect(records.map(({ kind }) => kind)).toEqual(['gone', 'refused', 'gone']);
    expect(longest).toBeLessThan(150_000);
  });

  it('is read without its last line break', async () => {
    expect(await readFeed(END)).toEqual({ records: [], through: 'c', more: false });
  });
});

describe('a Tech Against Terrorism list', () => {
  it('is read or refused, and never throws anything but a problem', () => {
    fc.assert(
      fc.property(
        fc.record({
          results: fc.array(fc.jsonValue()),
          next: fc.constantFrom(null, 'limit=1'),
          checkpoint: fc.constantFrom('1.5,2', '', 3),
        }),
        (page) => {
          try {
            expect(readList(page, '').records).toHaveLength(page.results.length);
          } catch (error) {
            expect(error).toBeInstanceOf(DomainError);
          }
        },
      ),
    );
  });

  it('goes back only when its time does', () => {
    const page = (checkpoint: string): object => ({ results: [], next: null, checkpoint });
    expect(readList(page('2.5,9'), '2.5,10').reached).toBe('2.5,9');
    expect(() => readList(page('2.4,10'), '2.5,9')).toThrow(
      expect.objectContaining({ code: 'exchange.source-rewound' }),
    );
    // An empty page without a checkpoint leaves the place where it was.
    expect(readList(page(''), '2.5,9').reached).toBe('2.5,9');
  });
});
