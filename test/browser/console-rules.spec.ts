import * as fc from 'fast-check';
import { onceEach } from '../../console/src/once-each';
import { readPaste } from '../../console/src/refer/lines';
import { narrowed, type Offset } from '../../console/src/server-clock';
import { localeOf } from '../../console/src/time/locale';
import { amountOf, byTimeLeft, leftMs, levelOf } from '../../console/src/time/urgency';

const HOUR = 3_600_000;
const START = Date.parse('2026-03-02T03:00:00.000Z');
const hour = { startedAt: new Date(START).toISOString(), dueAt: new Date(START + HOUR).toISOString() };
const at = (minutes: number): number => START + minutes * 60_000;

describe('dates', () => {
  it('are written as the person writes the language, and in the language itself where the browser names none that is one', () => {
    expect(localeOf(['fr-CH', 'en-GB', 'en'], 'en')).toBe('en-GB');
    expect(localeOf(['en-US@posix'], 'en')).toBe('en');
    expect(localeOf(['en-US@posix', 'en-IE'], 'en')).toBe('en-IE');
    expect(localeOf([], 'fr')).toBe('fr');
  });
});

describe('what a paste is understood as', () => {
  const urls = (text: string): readonly (string | undefined)[] => readPaste(text).lines.map(({ item }) => item?.url);

  it('takes a line that is an address as it stands, down to its last character', () => {
    expect(urls('  https://harbour.example/a.(b)?c=d.  ')).toEqual(['https://harbour.example/a.(b)?c=d.']);
    expect(urls('hxxps://harbour[.]example/x')).toEqual(['hxxps://harbour[.]example/x']);
  });

  it('finds every address in a message and leaves its punctuation outside', () => {
    const { lines, prose } = readPaste('See https://a.example/1, and (https://b.example/2).\n\nGood night.\n');
    expect(lines.map(({ text }) => text)).toEqual(['https://a.example/1', 'https://b.example/2']);
    expect(prose).toBe(1);
  });

  it('names the line that an address repeats, and what is wrong with one that cannot be sent', () => {
    const { lines } = readPaste(
      'https://a.example/1\nHTTPS://A.example/1\nftp://a.example/x\na.example/page\nhttps://a.example/',
    );
    expect(lines.map(({ duplicateOf }) => duplicateOf)).toEqual([null, 1, null, null, null]);
    expect(lines.map(({ fault }) => fault)).toEqual([null, null, 'scheme_not_supported', 'no_scheme', null]);
    expect(lines.map(({ breadth }) => breadth).at(-1)).toBe('home');
  });

  it('reads CSV by its header, in both languages, with quotes, and says which rows lack a platform', () => {
    const english = 'url,note,uploaded_at\r\n"https://a.example/1","said ""go"", then left",2026-03-01T08:00:00Z\r\n';
    expect(readPaste(english).lines[0]?.item).toEqual({
      url: 'https://a.example/1',
      note: 'said "go", then left',
      uploadedAt: '2026-03-01T08:00:00Z',
    });
    const french = readPaste('compte;plateforme\n@rook;harbour\n@rook;\n').lines;
    expect(french.map(({ item, fault }) => [item?.account ?? null, fault])).toEqual([
      ['@rook', null],
      [null, 'columns'],
    ]);
  });

  it('keeps five hundred and says that more were pasted', () => {
    const many = Array.from({ length: 501 }, (_, i) => `https://a.example/p/${i}`).join('\n');
    expect(readPaste(many)).toMatchObject({ cut: true, lines: { length: 500 } });
  });

  it('never throws, whatever is pasted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(readPaste(text).lines.length).toBeLessThanOrEqual(500);
      }),
    );
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'url,;\t"\n\r:/h.[]x'.split('')) }), (text) => readPaste(`url,note\n${text}`).prose === 0)); // prettier-ignore
  });
});

describe('a list that is read while it moves', () => {
  it('shows a notice once, as it was last, though it was received between two requests', () => {
    const sent = { id: 'a', version: 3, state: 'sent' };
    const received = { id: 'a', version: 4, state: 'received' };
    const other = { id: 'b', version: 1, state: 'sent' };
    expect(onceEach([sent, other, received])).toEqual([received, other]);
    expect(onceEach([received, other, sent])).toEqual([received, other]);
  });
});

describe('how pressing a clock is', () => {
  it('changes its level at 45 and 55 minutes and at the hour, as the marks do', () => {
    expect([0, 44.9, 45, 54.9, 55, 59.9, 60, 75].map((minute) => levelOf(hour, at(minute)))).toEqual([
      'calm',
      'calm',
      'soon',
      'soon',
      'critical',
      'critical',
      'over',
      'over',
    ]);
  });

  it('never promises more time than is left', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 * HOUR }), (left) => {
        const { unit, count } = amountOf(left);
        expect(count * (unit === 'secondsLeft' ? 1000 : 60_000)).toBeLessThanOrEqual(left);
      }),
    );
    expect(amountOf(0)).toEqual({ unit: 'minutesOver', count: 0 });
    expect(amountOf(leftMs(hour, at(62.5)))).toEqual({ unit: 'minutesOver', count: 2 });
  });

  it('orders running clocks by the server’s deadline and puts what has none behind them, oldest first', () => {
    const due = (minute: number) => ({ sentAt: null, createdAt: hour.startedAt, clock: { ...hour, dueAt: new Date(at(minute)).toISOString(), state: 'running' } }); // prettier-ignore
    const without = (minute: number) => ({ sentAt: new Date(at(minute)).toISOString(), createdAt: hour.startedAt, clock: null }); // prettier-ignore
    const [a, b, c, d] = [due(20), due(50), without(-5), without(-1)];
    expect([d, b, c, a].toSorted(byTimeLeft)).toEqual([a, b, c, d]);
  });
});

describe('the server’s time, read off its answers', () => {
  it('holds the true offset between its bounds, and only narrows', () => {
    const answers = fc.array(fc.record({ sentAt: fc.nat(1e9), tookMs: fc.nat(5000), share: fc.double({ min: 0, max: 1, noNaN: true }) }), { minLength: 1 }); // prettier-ignore
    fc.assert(
      fc.property(fc.integer({ min: -1e7, max: 1e7 }), answers, (offset, all) => {
        let known: Offset | null = null;
        for (const { sentAt, tookMs, share } of all) {
          const server = sentAt + tookMs * share + offset;
          known = narrowed(known, Math.floor(server / 1000) * 1000, sentAt, sentAt + tookMs);
          expect(known.leastMs).toBeLessThanOrEqual(offset);
          expect(known.mostMs).toBeGreaterThanOrEqual(offset);
        }
      }),
    );
  });

  it('begins anew when an answer contradicts what was known: a clock was set', () => {
    const before = narrowed(null, 100_000, 90_000, 90_100);
    expect(narrowed(before, 500_000, 91_000, 91_100)).toEqual({ leastMs: 408_900, mostMs: 410_000 });
  });
});
