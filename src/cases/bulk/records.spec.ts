import * as fc from 'fast-check';
import { bulkRecords, type BulkFormat, type BulkRecord } from './records';

async function* pieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function read(body: string | Uint8Array, format: BulkFormat, sizes = [7]): Promise<BulkRecord[]> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const records: BulkRecord[] = [];
  for await (const record of bulkRecords(pieces(bytes, sizes), format)) records.push(record);
  return records;
}

const items = (records: readonly BulkRecord[]): unknown[] => records.map(({ item }) => item);
const faults = (records: readonly BulkRecord[]): unknown[] =>
  records.map(({ line, fault }) => [line, fault?.code ?? null, fault?.details.reason ?? null]);

describe('the lines of a long list', () => {
  it('are the addresses of pasted text, without blank lines, whatever ends a line', async () => {
    const records = await read(
      '\uFEFFhxxps://a[.]example/1\r\n\r\n  https://b.example/2  \nhttps://c.example/3',
      'text',
    );
    expect(items(records)).toEqual([
      { url: 'hxxps://a[.]example/1' },
      { url: 'https://b.example/2' },
      { url: 'https://c.example/3' },
    ]);
    expect(records.map(({ line }) => line)).toEqual([1, 3, 4]);
  });

  it('are objects of JSON lines, and one that is none spoils only itself', async () => {
    const records = await read(
      '{"url":"https://a.example/1","note":"x"}\n{"url":\n[1]\n{"account":"b","platform":"p"}\n',
      'json_lines',
    );
    expect(items(records)).toEqual([
      { url: 'https://a.example/1', note: 'x' },
      null,
      null,
      { account: 'b', platform: 'p' },
    ]);
    expect(faults(records)).toEqual([
      [1, null, null],
      [2, 'request.malformed-json', null],
      [3, 'bulk.line-unreadable', 'not a JSON object'],
      [4, null, null],
    ]);
  });

  it('are refused with thousands of members, which would be looked at one by one', async () => {
    const many = JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`m${i}`, 0])));
    expect(faults(await read(many, 'json_lines'))).toEqual([[1, 'request.invalid', null]]);
  });

  it('may be CSV with commas, semicolons or tabs, with cells over several lines', async () => {
    const csv =
      'URL;Platform;Uploaded at;Note\r\nhttps://a.example/1;;2026-03-01T08:00:00Z;"two\r\nlines; ""quoted"""\r\nhttps://b.example/2;harbour;;\r\n';
    const records = await read(csv, 'csv');
    expect(items(records)).toEqual([
      { url: 'https://a.example/1', uploadedAt: '2026-03-01T08:00:00Z', note: 'two\nlines; "quoted"' },
      { url: 'https://b.example/2', platform: 'harbour' },
    ]);
    expect(records.map(({ line }) => line)).toEqual([2, 4]);
    expect(items(await read('url\tnote\nhttps://a.example/1\tx,y', 'csv'))).toEqual([
      { url: 'https://a.example/1', note: 'x,y' },
    ]);
  });

  it('may be CSV without a header, and then an address keeps its commas', async () => {
    expect(items(await read('https://a.example/1,2,3\n"https://b.example/x;y"\n', 'csv'))).toEqual([
      { url: 'https://a.example/1,2,3' },
      { url: 'https://b.example/x;y' },
    ]);
    expect(items(await read('url\nhttps://a.example/1,2\n', 'csv'))).toEqual([{ url: 'https://a.example/1,2' }]);
  });

  it('go on behind a quotation mark that nobody closed', async () => {
    const csv =
      'url,note\nhttps://a.example/1,"open\nhttps://b.example/2,"fine"\nhttps://c.example/3,st"ray\nhttps://d.example/4,\n';
    const records = await read(csv, 'csv');
    expect(faults(records).map((each) => (each as unknown[])[1])).toEqual([
      'bulk.line-unreadable',
      null,
      'bulk.line-unreadable',
      null,
    ]);
    expect(items(records)).toEqual([
      null,
      { url: 'https://b.example/2', note: 'fine' },
      null,
      { url: 'https://d.example/4' },
    ]);
  });

  it('are refused with more cells than there are columns, and taken with fewer', async () => {
    const records = await read(
      'url,note\nhttps://a.example/1,x,y\nhttps://b.example/2\nhttps://c.example/3,,,,\n',
      'csv',
    );
    expect(faults(records)).toEqual([
      [2, 'bulk.line-unreadable', '3 cells under 2 columns'],
      [3, null, null],
      [4, null, null],
    ]);
  });

  it.each([
    ['name,street\nx,y', 'the first line names none of'],
    ['url,street\nx,y', 'column 2 of the first line is none of'],
    ['note,platform\nx,y', 'one of the columns url, account and channel is needed'],
    ['url,link\nx,y', 'a column is there twice'],
  ])('refuse a header that is not theirs: %j', async (csv, reason) => {
    await expect(read(csv, 'csv')).rejects.toMatchObject({
      code: 'bulk.header-unknown',
      details: { reason: expect.stringContaining(reason) },
    });
  });

  it('are refused where they are not UTF-8 or far too long, and the next one is taken', async () => {
    const bytes = Buffer.concat([
      Buffer.from('https://a.example/caf'),
      Buffer.from([0xe9]),
      Buffer.from(`\nhttps://b.example/${'x'.repeat(50_000)}\nhttps://c.example/3\n`),
    ]);
    expect(faults(await read(bytes, 'text', [4096]))).toEqual([
      [1, 'bulk.line-unreadable', 'not UTF-8: save the file as UTF-8'],
      [2, 'bulk.line-unreadable', 'longer than 20,000 characters'],
      [3, null, null],
    ]);
  });

  it('are read in UTF-16 where the byte order mark says so', async () => {
    const little = Buffer.from('\uFEFFhttps://a.example/é\n', 'utf16le');
    expect(items(await read(little, 'text', [1]))).toEqual([{ url: 'https://a.example/é' }]);
    expect(items(await read(Buffer.from(little).swap16(), 'text', [3]))).toEqual([{ url: 'https://a.example/é' }]);
  });

  it('come out as they went in, whatever the cells hold and however the body arrives', async () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => text === text.trim() && !text.includes('\r') && !text.includes('\uFFFD') && !text.includes('\uFEFF')); // prettier-ignore
    const row = fc.record({ url: fc.integer({ min: 1 }).map((n) => `https://a.example/${n}`), note: cell });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        async (rows, sizes) => {
          const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
          const csv = `url,note\r\n${rows.map(({ url, note }) => `${url},${quote(note)}`).join('\r\n')}`;
          const expected = rows.map(({ url, note }) => (note === '' ? { url } : { url, note }));
          expect(items(await read(csv, 'csv', sizes))).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are as many whatever is in them: no line is lost and none is read twice', async () => {
    const line = fc.stringMatching(/^[a",; ]{1,12}$/).filter((text) => text.trim() !== '');
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
        const records = await read(['url,note', ...lines].join('\n'), 'csv', [5]);
        const covered = records.reduce((sum, { text }) => sum + text.split('\n').length, 0);
        expect(covered).toBe(lines.length);
      }),
    );
  });
});
