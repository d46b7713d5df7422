import { Output, cell, printable, table } from './output';

const ESC = String.fromCharCode(27);
const stream = (isTTY: boolean): { isTTY: boolean; text: string; write(text: string): void } => ({
  isTTY,
  text: '',
  write(text) {
    this.text += text;
  },
});

describe('what is printed', () => {
  it('cannot move the cursor, ring, hide or turn the line, whoever wrote it', () => {
    const shown = printable(`a${ESC}[2Jb${ESC}]0;title\u0007c\rd\u202Ee`);
    expect([ESC, '\u0007', '\r', '\u202E'].filter((control) => shown.includes(control))).toEqual([]);
    expect(printable(`${ESC}[8mhidden`)).not.toContain(ESC);
    expect(printable(`${ESC}[31mours${ESC}[0m`)).toBe(`${ESC}[31mours${ESC}[0m`);
  });

  it('keeps a table to one line a row', () => {
    expect(cell('https://x.example/\nitem  forged')).toBe('https://x.example/ item  forged');
    expect(
      table([
        ['a', 'long'],
        ['bbb', null],
      ]),
    ).toEqual(['a    long', 'bbb  –']);
  });

  it('has colours on a terminal alone, and not where NO_COLOR is set', () => {
    const colours = (isTTY: boolean, json: boolean, env: Record<string, string>): boolean =>
      new Output({ out: stream(isTTY), err: stream(isTTY) }, json, env).paint('red', 'x') !== 'x';
    expect(colours(true, false, {})).toBe(true);
    expect(colours(true, false, { NO_COLOR: '' })).toBe(true);
    expect(colours(true, false, { NO_COLOR: '1' })).toBe(false);
    expect(colours(false, false, {})).toBe(false);
    expect(colours(true, true, {})).toBe(false);
  });

  it('with --json is one document on standard output, and remarks elsewhere', () => {
    const [out, err] = [stream(false), stream(false)];
    const output = new Output({ out, err }, true, {});
    output.remark('note');
    output.result({ a: 1 }, () => ['never']);
    expect(JSON.parse(out.text)).toEqual({ a: 1 });
    expect(err.text).toBe('note\n');
  });
});
