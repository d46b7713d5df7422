import { generateKeyPairSync, sign } from 'node:crypto';
import { rawKeyOf, verifies } from '../../test/support/signatures';
import { bytesToHex } from '@noble/hashes/utils.js';
import { toBase64 } from './base64';
import { Checkpoint, openCheckpoint, signCheckpoint, verifierKeyOf } from './checkpoint';
import { LedgerEntry, entryBytes } from './ledger-entry';
import { EMPTY_RANGE, Hash, appendLeaf, consistencyPath, inclusionPath, leafHash, proofHashes, rootOf } from './merkle';
import { Receipt, checkConsistency, receiptClaim, verifyReceipt } from './receipt';
import { subtreeRoot } from './tiles';

const keys = generateKeyPairSync('ed25519');
const key = verifierKeyOf('clepsydra.example/ledger', rawKeyOf(keys.publicKey));

const entry: LedgerEntry = {
  v: 1,
  id: '0190aaaa-0000-7000-8000-000000000003',
  kind: 'notice.received',
  at: '2026-01-02T03:04:05.678Z',
  org: null,
  person: null,
  via: 'service',
  subjects: {},
  dims: {},
  bodies: {},
  aud: 'cd'.repeat(32),
};
const bytes = entryBytes(entry);
const history: Hash[] = [1, 2, 3, 4, 5].map((n) => leafHash(Uint8Array.of(n)));
const leaves = history.toSpliced(2, 0, leafHash(bytes));
const node = (all: readonly Hash[]) => (ref: { level: number; index: number }) =>
  subtreeRoot(all, ref.index * 2 ** ref.level, ref.level);
const checkpointOf = (all: readonly Hash[]): Checkpoint => ({
  origin: key.name,
  size: all.length,
  root: rootOf(all.reduce((range, leaf) => appendLeaf(range, leaf), EMPTY_RANGE)),
  at: null,
});
const signed = (all: readonly Hash[]) =>
  signCheckpoint(checkpointOf(all), key, (message) => sign(null, message, keys.privateKey));
const receipt: Receipt = {
  entry: { id: entry.id, digest: bytesToHex(leafHash(bytes)), seq: 2, bytes: toBase64(bytes) },
  inclusion: proofHashes(inclusionPath(2, leaves.length), node(leaves)).map(bytesToHex),
  checkpoint: signed(leaves),
};

describe('a receipt', () => {
  it('verifies with the key of the ledger and nothing else', () => {
    expect(verifyReceipt(receipt, key, verifies)).toMatchObject({ ok: true, checkpoint: { size: 6 } });
    const { bytes: _, ...withoutBytes } = receipt.entry;
    expect(verifyReceipt({ ...receipt, entry: withoutBytes }, key, verifies).ok).toBe(true);
    const claim = receiptClaim(receipt, key);
    expect(claim.ok && verifies(claim.signed)).toBe(true);
  });

  it.each<[string, Receipt]>([
    ['another place', { ...receipt, entry: { ...receipt.entry, seq: 3 } }],
    ['another entry', { ...receipt, entry: { ...receipt.entry, id: '0190aaaa-0000-7000-8000-000000000004' } }],
    ['another digest', { ...receipt, entry: { ...receipt.entry, digest: '00'.repeat(32) } }],
    ['no digest at all', { ...receipt, entry: { ...receipt.entry, digest: 'x' } }],
    ['other bytes', { ...receipt, entry: { ...receipt.entry, bytes: toBase64(Uint8Array.of(1)) } }],
    ['a shortened proof', { ...receipt, inclusion: receipt.inclusion.slice(1) }],
    ['a checkpoint of another history', { ...receipt, checkpoint: signed(history) }],
    ['a checkpoint that is none', { ...receipt, checkpoint: 'hello' }],
  ])('does not verify with %s, and says why', (_, altered) => {
    expect(verifyReceipt(altered, key, verifies)).toEqual({ ok: false, fault: expect.any(String) });
    expect(receiptClaim(altered, key).ok).toBe(false);
  });

  it('does not verify when the signature is wrong', () => {
    expect(verifyReceipt(receipt, key, () => false)).toMatchObject({ fault: expect.stringContaining('signature') });
  });

  it('convicts an operator who rewrites history: no proof joins the two checkpoints', () => {
    const older = openCheckpoint(receipt.checkpoint, key, verifies);
    const honest = [...leaves, leafHash(Uint8Array.of(9))];
    const rewritten = honest.with(2, leafHash(Uint8Array.of(8)));
    const proof = (all: readonly Hash[]) =>
      proofHashes(consistencyPath(older.size, all.length), node(all)).map(bytesToHex);
    expect(checkConsistency(older, checkpointOf(honest), proof(honest))).toBe(true);
    expect(checkConsistency(older, checkpointOf(rewritten), proof(rewritten))).toBe(false);
    expect(checkConsistency(older, { ...checkpointOf(honest), origin: 'other.example' }, proof(honest))).toBe(false);
    expect(checkConsistency(older, checkpointOf(honest), ['nonsense'])).toBe(false);
  });
});
