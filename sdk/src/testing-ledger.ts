import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { bytesToHex } from '@noble/hashes/utils.js';
import { acknowledgedBytes, messageDigest, type Acknowledgement } from '../../src/domain/acknowledgement';
import { toBase64 } from '../../src/domain/base64';
import { formatVerifierKey, signCheckpoint, verifierKeyOf } from '../../src/domain/checkpoint';
import { entryBytes, type LedgerEntry } from '../../src/domain/ledger-entry';
import {
  EMPTY_RANGE,
  appendLeaf,
  consistencyPath,
  inclusionPath,
  leafHash,
  proofHashes,
  rootOf,
  type NodeRef,
} from '../../src/domain/merkle';
import type { Receipt } from '../../src/domain/receipt';
import { subtreeRoot } from '../../src/domain/tiles';
import { ProblemError } from './errors';
import type { LedgerSource } from './witness';

/** A ledger in memory, signed like the real one, which a test can make lie. For specs only: it is in no bundle. */
export class TestingLedger implements LedgerSource {
  readonly #keys = generateKeyPairSync('ed25519');
  readonly #key = verifierKeyOf(
    'clepsydra.example/ledger',
    this.#keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(12),
  );
  entries: Uint8Array[] = [];
  ids: string[] = [];
  /** Consistency proofs that were asked for. */
  asked: [from: number, to: number][] = [];

  /** Adds an entry and returns its receipt against the tree as it is then. */
  append(subjects: LedgerEntry['subjects'] = {}, kind = 'notice.sent'): Receipt {
    const id = randomUUID();
    const body = { person: null, via: 'service', subjects, dims: {}, bodies: {}, aud: 'cd'.repeat(32) } as const;
    this.entries.push(entryBytes({ v: 1, id, kind, at: '2026-03-02T09:00:00.000Z', org: null, ...body }));
    this.ids.push(id);
    return this.receiptAt(this.entries.length - 1);
  }

  /** What a dishonest operator does: one entry is another now, and everything after is signed anew. */
  rewrite(index: number): void {
    this.entries[index] = entryBytes({
      v: 1,
      id: this.ids[index] ?? '',
      kind: 'notice.withdrawn',
      at: '2026-03-02T09:00:00.000Z',
      org: null,
      person: null,
      via: 'service',
      subjects: {},
      dims: {},
      bodies: {},
      aud: 'cd'.repeat(32),
    });
  }

  receiptAt(seq: number): Receipt {
    const bytes = this.entries[seq] ?? new Uint8Array();
    const proof = proofHashes(inclusionPath(seq, this.entries.length), this.#node);
    return {
      entry: { id: this.ids[seq] ?? '', digest: bytesToHex(leafHash(bytes)), seq, bytes: toBase64(bytes) },
      inclusion: proof.map((hash) => bytesToHex(hash)),
      checkpoint: this.note(),
    };
  }

  note(): string {
    const range = this.#leaves().reduce((grown, leaf) => appendLeaf(grown, leaf), EMPTY_RANGE);
    const checkpoint = { origin: this.#key.name, size: range.size, root: rootOf(range), at: null };
    return signCheckpoint(checkpoint, this.#key, (message) => sign(null, message, this.#keys.privateKey));
  }

  /** What the machine says of a message that led to this entry. */
  acknowledge(message: unknown, entryId: string): Acknowledgement {
    const claim = { id: randomUUID(), entryId, sha256: messageDigest(message), receivedAt: '2026-03-02T09:00:00.000Z' };
    return { ...claim, signature: toBase64(sign(null, acknowledgedBytes(claim), this.#keys.privateKey)) };
  }

  key(): Promise<string> {
    return Promise.resolve(formatVerifierKey(this.#key));
  }

  checkpoint(): Promise<string> {
    return Promise.resolve(this.note());
  }

  consistency(from: number, to: number): Promise<readonly string[]> {
    this.asked.push([from, to]);
    return Promise.resolve(proofHashes(consistencyPath(from, to), this.#node).map((hash) => bytesToHex(hash)));
  }

  receipt(entryId: string): Promise<Receipt> {
    const seq = this.ids.indexOf(entryId);
    if (seq < 0) return Promise.reject(new ProblemError('request.not-found', 404, 'There is no such thing'));
    return Promise.resolve(this.receiptAt(seq));
  }

  #leaves(): Uint8Array[] {
    return this.entries.map((bytes) => leafHash(bytes));
  }

  readonly #node = (ref: NodeRef): Uint8Array => subtreeRoot(this.#leaves(), ref.index * 2 ** ref.level, ref.level);
}
