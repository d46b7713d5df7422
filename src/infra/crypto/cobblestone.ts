import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Plaintext bytes of every chunk but the last, which is always shorter and may be empty. */
export const CHUNK_BYTES = 16_384;
export const TAG_BYTES = 16;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
export const KEY_BYTES = 32;
export const SALT_BYTES = 24;
const NONCE_BYTES = 12;
const COMMITMENT_BYTES = 32;
/** Salt and key commitment stand before the first chunk. */
export const HEADER_BYTES = SALT_BYTES + COMMITMENT_BYTES;
const MAX_CHUNKS = 2 ** 38;

/** The ciphertext is not what was written under this key and context. Says why, never what. */
export class CobblestoneError extends Error {
  constructor(readonly reason: 'key' | 'length' | 'commitment' | 'chunk' | 'too-long') {
    super(`chunked-encryption: ${reason}`);
    this.name = 'CobblestoneError';
  }
}

interface MessageKeys {
  readonly key: Buffer;
  readonly baseNonce: Buffer;
  readonly commitment: Buffer;
}

/** HKDF-Expand (RFC 5869, 2.3) with SHA-512 to 76 bytes: the specification leaves out Extract, so hkdfSync does not do. */
function deriveMessageKeys(inputKey: Uint8Array, salt: Uint8Array, context: Uint8Array): MessageKeys {
  if (inputKey.length !== KEY_BYTES) throw new CobblestoneError('key');
  const info = Buffer.concat([Buffer.from('c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0'), salt, context]);
  const first = createHmac('sha512', inputKey).update(info).update(Uint8Array.of(1)).digest();
  const second = createHmac('sha512', inputKey).update(first).update(info).update(Uint8Array.of(2)).digest();
  const expanded = Buffer.concat([first, second]);
  return {
    key: expanded.subarray(0, KEY_BYTES),
    baseNonce: expanded.subarray(KEY_BYTES, KEY_BYTES + NONCE_BYTES),
    commitment: expanded.subarray(KEY_BYTES + NONCE_BYTES, KEY_BYTES + NONCE_BYTES + COMMITMENT_BYTES),
  };
}

/** The base nonce XOR the chunk number as a big-endian integer; 38 bits, so the last five bytes. */
function chunkNonce(baseNonce: Buffer, index: number): Buffer {
  if (index >= MAX_CHUNKS) throw new CobblestoneError('too-long');
  const nonce = Buffer.from(baseNonce);
  const counter = Buffer.alloc(5);
  counter.writeUIntBE(index, 0, 5);
  for (const [i, byte] of counter.entries()) nonce.writeUInt8(nonce.readUInt8(7 + i) ^ byte, 7 + i);
  return nonce;
}

/**
 * C2SP chunked-encryption (c2sp.org/chunked-encryption), instance Cobblestone-256: SHA-512 and AES-256-GCM, 16 KiB chunks,
 * key commitment, 56 bytes + 0.1 % longer than the plaintext. One object per message. Pieces come back as they fill,
 * without copying where the input is aligned.
 */
export class CobblestoneEncryptor {
  /** Goes before everything that `update` returns. */
  readonly header: Buffer;
  private readonly keys: MessageKeys;
  private readonly pending = Buffer.alloc(CHUNK_BYTES);
  private pendingBytes = 0;
  private index = 0;

  /** A salt must never repeat under one key: it is given only by tests. `context` is bound, not stored. */
  constructor(inputKey: Uint8Array, context: Uint8Array, salt: Uint8Array = randomBytes(SALT_BYTES)) {
    this.keys = deriveMessageKeys(inputKey, salt, context);
    this.header = Buffer.concat([salt, this.keys.commitment]);
  }

  update(data: Uint8Array): Buffer[] {
    const sealed: Buffer[] = [];
    let offset = 0;
    while (offset < data.length) {
      if (this.pendingBytes === 0 && data.length - offset >= CHUNK_BYTES) {
        this.seal(data.subarray(offset, offset + CHUNK_BYTES), sealed);
        offset += CHUNK_BYTES;
        continue;
      }
      const taken = data.subarray(offset, offset + CHUNK_BYTES - this.pendingBytes);
      this.pending.set(taken, this.pendingBytes);
      this.pendingBytes += taken.length;
      offset += taken.length;
      if (this.pendingBytes === CHUNK_BYTES) {
        this.seal(this.pending, sealed);
        this.pendingBytes = 0;
      }
    }
    return sealed;
  }

  /** The short last chunk, present even when empty: it is what shows that nothing was cut off. */
  final(): Buffer[] {
    const sealed: Buffer[] = [];
    this.seal(this.pending.subarray(0, this.pendingBytes), sealed);
    this.pending.fill(0);
    return sealed;
  }

  private seal(plain: Uint8Array, into: Buffer[]): void {
    const cipher = createCipheriv('aes-256-gcm', this.keys.key, chunkNonce(this.keys.baseNonce, this.index++));
    into.push(cipher.update(plain));
    cipher.final();
    into.push(cipher.getAuthTag());
  }
}

/** Opens single chunks of one message, in any order. Nothing is opened before the key commitment has been compared. */
export class ChunkOpener {
  private readonly keys: MessageKeys;

  constructor(inputKey: Uint8Array, context: Uint8Array, header: Uint8Array) {
    if (header.length !== HEADER_BYTES) throw new CobblestoneError('length');
    this.keys = deriveMessageKeys(inputKey, header.subarray(0, SALT_BYTES), context);
    if (!timingSafeEqual(this.keys.commitment, header.subarray(SALT_BYTES))) throw new CobblestoneError('commitment');
  }

  /** `sealed`: exactly one chunk with its tag. */
  open(index: number, sealed: Uint8Array): Buffer {
    if (sealed.length < TAG_BYTES || sealed.length > SEALED_CHUNK_BYTES) throw new CobblestoneError('length');
    const end = sealed.length - TAG_BYTES;
    const nonce = chunkNonce(this.keys.baseNonce, index);
    const cipher = createDecipheriv('aes-256-gcm', this.keys.key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAuthTag(sealed.subarray(end));
    const plain = cipher.update(sealed.subarray(0, end));
    try {
      cipher.final();
    } catch {
      plain.fill(0);
      throw new CobblestoneError('chunk');
    }
    return plain;
  }
}
