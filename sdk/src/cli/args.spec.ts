import { instant, readInput, wholeNumber, type Shape } from './args';
import { UsageError } from './exit';

const SHAPE: Shape = {
  args: '<url…>',
  positionals: [1, 2],
  options: {
    file: { type: 'text', many: true, help: '' },
    category: { type: 'text', oneOf: ['threat', 'other'], help: '' },
    receipts: { type: 'text', bare: '', help: '' },
    follow: { type: 'flag', short: 'f', help: '' },
  },
};
const read = (...args: string[]): ReturnType<typeof readInput> => readInput(args, SHAPE);

describe('arguments', () => {
  it('stand in any order, and options may be repeated where they say so', () => {
    const input = read('--file', 'a', 'https://x.example', '-f', '--file=b', '--category', 'threat', '--json');
    expect(input.positionals).toEqual(['https://x.example']);
    expect(input.texts('file')).toEqual(['a', 'b']);
    expect(input.text('category')).toBe('threat');
    expect([input.flag('follow'), input.flag('json'), input.flag('help')]).toEqual([true, true, false]);
  });

  it.each([
    [['--unknown', 'x'], /unknown/i],
    [[], /<url…> is missing/],
    [['a', 'b', 'c'], /"c" was not expected/],
    [['a', '--category', 'rude'], /must be one of threat, other/],
    [['a', '--file', ''], /--file is empty/],
    [['a', '--follow=yes'], /follow/],
    [['a', '--file'], /file/],
  ])('refuses %j before anything is sent', (args, message) => {
    expect(() => readInput(args, SHAPE)).toThrow(message);
    expect(() => readInput(args, SHAPE)).toThrow(UsageError);
  });

  it('lets --receipts stand alone, last or before another option', () => {
    expect(read('a', '--receipts').text('receipts')).toBe('');
    expect(read('a', '--receipts', '--json').text('receipts')).toBe('');
    expect(read('a', '--receipts', 'folder').text('receipts')).toBe('folder');
    expect(read('a').text('receipts')).toBeUndefined();
  });

  it('asks for nothing else when help is wanted', () => {
    expect(read('--help').flag('help')).toBe(true);
  });

  it('reads instants and numbers, and nothing that only looks like them', () => {
    expect(instant('at', '2026-03-01T15:05:00+01:00')).toBe('2026-03-01T14:05:00.000Z');
    expect(() => instant('at', 'yesterday')).toThrow(UsageError);
    expect(() => instant('at', '12')).toThrow(UsageError);
    expect(wholeNumber('radius', '31', 0, 64)).toBe(31);
    for (const text of ['65', '-1', '3.5', '1e1', '', 'x'])
      expect(() => wholeNumber('radius', text, 0, 64)).toThrow(UsageError);
  });
});
