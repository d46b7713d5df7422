import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import {
  formatVerifierKey,
  signCheckpoint,
  verifierKeyOf,
  type Checkpoint,
  type SignedBytes,
  type VerifierKey,
} from '../domain/checkpoint';
import { readOrCreateSecret } from '../infra/secrets';

/** What stands before the 32 bytes of an Ed25519 public key in its DER form (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

const publicKeys = new Map<string, KeyObject>();

function publicKeyOf(raw: Uint8Array): KeyObject {
  const name = Buffer.from(raw).toString('hex');
  const known = publicKeys.get(name);
  if (known) return known;
  const key = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
  publicKeys.set(name, key);
  return key;
}

/** Ed25519 by node:crypto, for domain/checkpoint and domain/receipt. False for a key or signature of no valid form. */
export function verifySignature({ publicKey, message, signature }: SignedBytes): boolean {
  try {
    return verify(null, message, publicKeyOf(publicKey), signature);
  } catch {
    return false;
  }
}

/** The same on a thread of the pool: a verification takes 130 µs, and a whole ledger has many. */
export function verifySignatureAside({ publicKey, message, signature }: SignedBytes): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify(null, message, publicKeyOf(publicKey), signature, (error, valid) =>
      error ? reject(error) : resolve(valid),
    );
  });
}

/**
 * The key that signs checkpoints. Every node that may run the sequencer must have the same one: a checkpoint signed by
 * another key is refused by everybody who keeps receipts.
 */
export class LedgerKey {
  readonly verifier: VerifierKey;

  constructor(
    readonly origin: string,
    private readonly privateKey: KeyObject,
  ) {
    const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
    this.verifier = verifierKeyOf(origin, new Uint8Array(spki.subarray(SPKI.length)));
  }

  /** From `ledger.key` in the secrets folder, made on first start (0600, PKCS #8 in PEM). */
  static open(secretsDirectory: string, origin: string): LedgerKey {
    const pem = readOrCreateSecret(secretsDirectory, 'ledger.key', () =>
      Buffer.from(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })),
    );
    return new LedgerKey(origin, createPrivateKey(pem));
  }

  /** `<origin>+<key id>+<key>`: what a holder of receipts needs to verify them. */
  get text(): string {
    return formatVerifierKey(this.verifier);
  }

  /** Bytes that are no note: each kind has a label of its own in front, so that none passes for another. */
  signBytes(message: Uint8Array): Buffer {
    return sign(null, message, this.privateKey);
  }

  sign(checkpoint: Checkpoint): string {
    return signCheckpoint(checkpoint, this.verifier, (message) => sign(null, message, this.privateKey));
  }
}
