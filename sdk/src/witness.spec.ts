import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { VerificationError } from './errors';
import { ReceiptStore } from './receipt-store';
import { TestingLedger } from './testing-ledger';
import { verifyReceipts } from './verify-receipts';
import { Witness } from './witness';

const folders: string[] = [];
const newStore = (): ReceiptStore => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clepsydra-receipts-'));
  folders.push(folder);
  return new ReceiptStore(path.join(folder, 'receipts', 'clepsydra.example'));
};
afterAll(() => folders.forEach((folder) => fs.rmSync(folder, { recursive: true, force: true })));

async function witnessed(count: number): Promise<{ ledger: TestingLedger; store: ReceiptStore; witness: Witness }> {
  const [ledger, store] = [new TestingLedger(), newStore()];
  const witness = new Witness(store, ledger);
  for (let i = 0; i < count; i++) await witness.take(ledger.append(), 'POST /v1/notices', 'unit');
  return { ledger, store, witness };
}

const fileOf = (store: ReceiptStore, index: number): string => path.join(store.folder, store.files()[index] ?? '');

describe('the witness', () => {
  it('keeps the key at first use, says so once, and refuses any other', async () => {
    const [ledger, store] = [new TestingLedger(), newStore()];
    const told: string[] = [];
    const witness = new Witness(store, ledger, (key) => told.push(key));
    await witness.pin();
    await witness.pin();
    expect(told).toEqual([await ledger.key()]);
    await expect(new Witness(store, new TestingLedger()).pin()).rejects.toThrow(/kept at first use/);
  });

  it('stores every receipt for its owner alone', async () => {
    const { store } = await witnessed(3);
    expect(store.files()).toHaveLength(3);
    expect(fs.statSync(fileOf(store, 0)).mode & 0o777).toBe(0o600);
    expect(fs.statSync(store.folder).mode & 0o777).toBe(0o700);
    expect(fs.readdirSync(store.folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('asks with each new checkpoint for the proof that it contains the last one', async () => {
    const { ledger } = await witnessed(4);
    expect(ledger.asked).toEqual([
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
  });

  it('convicts a server that rewrote an entry and signed everything anew', async () => {
    const { ledger, witness } = await witnessed(3);
    ledger.rewrite(1);
    const receipt = ledger.append();
    await expect(witness.take(receipt, 'POST /v1/notices', 'unit')).rejects.toThrow(/history was rewritten/);
  });

  it('convicts a server that signs two trees of one size', async () => {
    const { ledger, witness } = await witnessed(3);
    ledger.rewrite(0);
    await expect(witness.take(ledger.receiptAt(2), 'POST /v1/notices', 'unit')).rejects.toThrow(VerificationError);
  });

  it('keeps a receipt that does not verify, because it is evidence', async () => {
    const { ledger, store, witness } = await witnessed(2);
    const forged = { ...ledger.append(), inclusion: [] };
    await expect(witness.take(forged, 'POST /v1/notices', 'unit')).rejects.toThrow(/does not verify/);
    expect(store.files()).toHaveLength(3);
  });

  it('takes receipts that arrive together one after the other, in any order', async () => {
    const [ledger, store] = [new TestingLedger(), newStore()];
    const witness = new Witness(store, ledger);
    const receipts = Array.from({ length: 12 }, () => ledger.append());
    await Promise.all(receipts.toReversed().map((receipt) => witness.take(receipt, 'POST /v1/notices', null)));
    expect(store.files()).toHaveLength(12);
    expect(store.lastCheckpoint()).toBe(ledger.note());
  });

  it('fetches later what was still pending', async () => {
    const { ledger, store, witness } = await witnessed(1);
    const { entry } = ledger.append();
    await witness.take({ state: 'pending', entry: { id: entry.id } }, 'POST /v1/notices', 'unit');
    expect([store.files().length, store.awaited().length]).toEqual([1, 1]);
    await witness.collect();
    expect([store.files().length, store.awaited().length]).toEqual([2, 0]);
  });
});

describe('verifying kept receipts', () => {
  it('passes against an honest server, however much was added since', async () => {
    const { ledger, store } = await witnessed(5);
    for (let i = 0; i < 9; i++) ledger.append();
    const report = await verifyReceipts(store, ledger, 'unit');
    expect(report).toMatchObject({ receipts: 5, checkpoints: 5, notShown: 0, against: 'server', fault: null });
  });

  it('names the receipt that was changed in the folder', async () => {
    const { ledger, store } = await witnessed(4);
    const file = fileOf(store, 2);
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/"digest": "./, '"digest": "g'));
    for (const source of [ledger, null]) {
      expect((await verifyReceipts(store, source, 'unit')).fault).toMatchObject({ file: path.basename(file), seq: 2 });
    }
  });

  it('names a receipt that cannot be read at all', async () => {
    const { store } = await witnessed(2);
    fs.writeFileSync(fileOf(store, 1), '{');
    expect((await verifyReceipts(store, null)).fault?.file).toBe(store.files()[1]);
  });

  it('fails when the server rewrote an entry, though everything it shows now is signed and proved', async () => {
    const { ledger, store } = await witnessed(4);
    ledger.rewrite(2);
    ledger.append();
    const { fault } = await verifyReceipts(store, ledger, 'unit');
    expect(fault).toMatchObject({ seq: 2, fault: expect.stringContaining('history was rewritten') });
  });

  it('fails when the server cut its history short', async () => {
    const { ledger, store } = await witnessed(4);
    ledger.entries.pop();
    expect((await verifyReceipts(store, ledger, 'unit')).fault).toMatchObject({
      fault: 'the server shows 3 entries, but signed 4 before',
    });
  });

  it('fails when the server signs with another key', async () => {
    const { store } = await witnessed(2);
    expect((await verifyReceipts(store, new TestingLedger(), 'unit')).fault?.fault).toContain('kept at first use');
  });

  it('fails when the server no longer shows an entry to the organisation it was acknowledged to', async () => {
    const { ledger, store } = await witnessed(3);
    ledger.ids[1] = 'gone';
    expect((await verifyReceipts(store, ledger, 'unit')).fault).toMatchObject({ seq: 1 });
    expect(await verifyReceipts(store, ledger, 'somebody else')).toMatchObject({ notShown: 1, fault: null });
  });

  it('fails in a folder without a key', async () => {
    expect((await verifyReceipts(newStore(), null)).fault?.fault).toContain('no key');
  });
});
