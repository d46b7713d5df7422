import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Clepsydra, parseVerifierKey, ReceiptStore, verifyAcknowledgement, verifyEd25519 } from './index';
import { TestingLedger } from './testing-ledger';

const ANSWERS = [{ itemId: '0190aaaa-0000-7000-8000-000000000003', outcome: 'not_found' }] as const;

describe('the acknowledgement of a machine, as a platform holds it', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clepsydra-acknowledgement-'));
  const ledger = new TestingLedger();
  const store = new ReceiptStore(folder);
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** A server that takes every message about a notice. */
  const serve: typeof fetch = async (url, init) => {
    const request = new Request(url, init);
    if (request.url.endsWith('/v1/ledger/key')) return Response.json({ key: await ledger.key() });
    const message: unknown = await request.json();
    const receipt = ledger.append();
    return Response.json({ receipt: { ...receipt, acknowledgement: ledger.acknowledge(message, receipt.entry.id) } });
  };

  it('comes with the answer and is verified offline: with the kept key, for the very message that was sent, and no other', async () => {
    const platform = new Clepsydra({ baseUrl: 'https://clepsydra.example', receipts: store, fetch: serve });
    const { receipt } = await platform.notices.answer('0190aaaa-0000-7000-8000-000000000004', ANSWERS, 7);
    const acknowledgement = receipt?.acknowledgement;
    const key = store.key();
    if (!acknowledgement || !key) throw new Error('nothing was acknowledged, or no key kept');
    const other = parseVerifierKey(await new TestingLedger().key());
    expect(acknowledgement.entryId).toBe(receipt.entry.id);
    expect(verifyAcknowledgement(acknowledgement, { version: 7, answers: ANSWERS }, key, verifyEd25519)).toBe(true);
    expect(verifyAcknowledgement(acknowledgement, { version: 8, answers: ANSWERS }, key, verifyEd25519)).toBe(false);
    expect(verifyAcknowledgement(acknowledgement, { version: 7, answers: ANSWERS }, other, verifyEd25519)).toBe(false);
    const late = { ...acknowledgement, receivedAt: '2026-03-02T10:00:00.000Z' };
    expect(verifyAcknowledgement(late, { version: 7, answers: ANSWERS }, key, verifyEd25519)).toBe(false);
  });
});
