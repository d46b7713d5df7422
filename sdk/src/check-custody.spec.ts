import { parseVerifierKey, type VerifierKey } from '../../src/domain/checkpoint';
import type { Custody, CustodyEntry, Exhibit } from './case-api';
import { checkCustody } from './check-custody';
import { TestingLedger } from './testing-ledger';

const EXHIBIT = '0190aaaa-0000-7000-8000-000000000001';
const KINDS = ['exhibit.collected', 'exhibit.hashed', 'exhibit.sealed'];
let ledger: TestingLedger;
let key: VerifierKey;

const entryAt = (seq: number): CustodyEntry => {
  const receipt = ledger.receiptAt(seq);
  return {
    seq,
    id: receipt.entry.id,
    kind: KINDS[seq] ?? '',
    at: '2026-03-02T09:00:00.000Z',
    actorOrganisation: 'Unit A',
    digest: receipt.entry.digest,
    bytes: receipt.entry.bytes ?? '',
    shared: null,
    internal: null,
    receipt,
  };
};
const custodyOf = (entries: readonly CustodyEntry[]): Custody => ({
  exhibit: { id: EXHIBIT } as Exhibit,
  entries,
});

beforeEach(async () => {
  ledger = new TestingLedger();
  for (const kind of KINDS) ledger.append({ exhibit: EXHIBIT }, kind);
  key = parseVerifierKey(await ledger.key());
});

describe('a chain of custody', () => {
  it('verifies when each entry is in the signed ledger as it is shown', () => {
    const checked = checkCustody(custodyOf([entryAt(0), entryAt(1), entryAt(2)]), EXHIBIT, key);
    expect(checked.verified).toBe(true);
    expect(checked.entries.map(({ verdict }) => verdict)).toEqual(['verified', 'verified', 'verified']);
  });

  it.each<[string, (entry: CustodyEntry) => CustodyEntry]>([
    ['another kind', (entry) => ({ ...entry, kind: 'exhibit.viewed' })],
    ['another time', (entry) => ({ ...entry, at: '2026-03-02T09:00:00.001Z' })],
    ['another place', (entry) => ({ ...entry, seq: 7 })],
    ['another id', (entry) => ({ ...entry, id: EXHIBIT })],
    ['another digest', (entry) => ({ ...entry, digest: '00'.repeat(32) })],
    ['other bytes', (entry) => ({ ...entry, bytes: entryAt(0).bytes })],
    ['a text that was never recorded', (entry) => ({ ...entry, internal: { body: { reason: 'x' }, salt: '00' } })],
    ['the receipt of its neighbour', (entry) => ({ ...entry, receipt: entryAt(0).receipt })],
  ])('does not verify when the server shows %s', (_, change) => {
    const checked = checkCustody(custodyOf([entryAt(0), change(entryAt(1))]), EXHIBIT, key);
    expect(checked.verified).toBe(false);
    expect(checked.entries[1]).toMatchObject({ verdict: 'failed', fault: expect.any(String) });
  });

  it('does not verify with the entries of another exhibit, out of order, empty, or with an entry that has no proof', () => {
    const other = '0190aaaa-0000-7000-8000-000000000002';
    expect(checkCustody(custodyOf([entryAt(0)]), other, key).verified).toBe(false);
    expect(checkCustody(custodyOf([entryAt(1), entryAt(0)]), EXHIBIT, key).fault).toContain('out of order');
    expect(checkCustody(custodyOf([]), EXHIBIT, key).verified).toBe(false);
    const pending = { ...entryAt(1), receipt: { state: 'pending', entry: { id: entryAt(1).id } } } as const;
    expect(checkCustody(custodyOf([entryAt(0), pending]), EXHIBIT, key)).toMatchObject({
      verified: false,
      fault: null,
    });
  });
});
