import * as fc from 'fast-check';
import { cellsOf } from './csv-records';
import { csvLine, safeCell } from './results-csv';

describe('the results as CSV', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '|cmd'])('make no formula of %j', (value) => {
    const [cell = ''] = cellsOf(safeCell(value), ',') ?? [];
    expect(cell.startsWith("'")).toBe(true);
  });

  it('keep what they hold, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const [cell = '', ...others] = cellsOf(safeCell(value), ',') ?? [];
        expect(others).toEqual([]);
        expect([value, `'${value}`]).toContain(cell);
      }),
    );
  });

  it('show addresses that no spreadsheet makes a link of', () => {
    const line = csvLine({
      line: 7,
      outcome: 'added',
      itemId: 'id',
      address: 'https://harbour.example/1',
      platform: { id: 'p', name: 'Harbour', slug: 'harbour', status: 'active' },
      code: null,
      detail: null,
    });
    expect(line).toBe('7,added,,,id,harbour,active,hxxps://harbour[.]example/1\r\n');
  });
});
