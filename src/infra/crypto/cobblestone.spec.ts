import { createHash, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { CHUNK_BYTES, CobblestoneEncryptor, CobblestoneError, HEADER_BYTES, SEALED_CHUNK_BYTES } from './cobblestone';
import { ciphertextBytes, decryptStream, openCiphertext, plaintextBytes } from './cobblestone-stream';

const KEY = createHash('sha256').update('clepsydra interoperability key').digest();
const CONTEXT = Buffer.from('clepsydra/object@v1\x000190f3c2-7b1a-7c55-9d3e-2b8f3a1c4d5e');
function message(length: number): Buffer {
  const plain = Buffer.alloc(length);
  for (let i = 0; i < length; i++) plain[i] = (i * 31 + 7) & 255;
  return plain;
}

/**
 * Encrypted by another implementation (Cobblestone256Encryptor of pyca/cryptography 50.0.2): length of the message, salt,
 * commitment, SHA-256 of the whole ciphertext. The 35 published vectors for Cobblestone-256 (FiloSottile/cobblestone) were
 * run against this code as well; they are data of others and not kept here.
 */
const FOREIGN = [
  [0, 'bacb7b4fa6004910c4fde280e4e8535f3e1365416bc2f244', '35bef3029f0348755c817524f84671af7c7333c376f14035a4258c3f27b4a499', '602d9d3cac6c4abea4df6006dc1deb9afdba7774f3ec1874b9a697fdfe847103'],
  [11, 'c697cdeb5d3f682f2f835e29560c6492bec03db46a437795', '8abd89bcd10b3133c78e3e543c280efba5e450978c6723f6f58b07ad0bff452a', 'c9d21d9fc7eddc6698c336f820ab821ee3931aa1054341f0ffc060af5c155b91'],
  [16_383, 'fef6e70aee31fcf1e7cb8f2450e077adc4542a819b3a5b79', 'e0ab0e56cf0c1b0a9568fddff696e0a303203c25d032b0c6eb6ac07f7429ecf3', 'a17c134cf503755329272db00e48d25c74e03fc70c82aa6245928ae9a80f1179'],
  [16_384, '84bff840b878d016e7b856afbb2ac3c648cc942f3ec64188', '31700b8c5d7f55839f523d02f191a5a762b25279a35610b5878e12c0d79955d6', '8de8c0565457530f26379883153bcc4cea56179e211de70c5431d5dec3a2feea'],
  [16_385, '9458dafa50800621ea80c68dea8798bed1bcd5a69aee5090', '919344ae80c0a2f70e31f98de6c59a7407964cc4dd32f247d28f14dcc2c5bdd4', 'a53f7f992cdc84d66da67a0a5aa3858089e990438d18dd6dee0ca0a00957cd59'],
  [32_768, '90e106112c7b1d065e90017bfb437927259768d38a95bb2c', 'e7d1746cfbb1e4692aec013de626b4ecb436b2ea9a728c25904aa3eab544fffd', '542f80e424f5b17caad383f7886b1ed2683fe9683eaa966b9e2e6855237b226d'],
  [4_915_205, 'bda30236a7144ecb5455786aae744400a38d7638d4531454', '934f1765b16b09b3c19ad53008933284a4c5bc1f923e9b776f2c8b10fbb121c6', 'fc9fe3cca5c6730f0c586cd9d622e6cf45bbd5dc14a80c90868e8380eee30b3f'],
] as const; // prettier-ignore

function encrypt(plain: Uint8Array, salt?: Uint8Array, step = plain.length || 1): Buffer {
  const encryptor = new CobblestoneEncryptor(KEY, CONTEXT, salt);
  const pieces = [encryptor.header];
  for (let at = 0; at < plain.length; at += step) pieces.push(...encryptor.update(plain.subarray(at, at + step)));
  return Buffer.concat([...pieces, ...encryptor.final()]);
}

async function* inSteps(data: Uint8Array, step: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += step) yield data.subarray(at, at + step);
}

async function collect(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

const decrypt = (sealed: Uint8Array, step = 50_000, key: Uint8Array = KEY, context: Uint8Array = CONTEXT) =>
  collect(decryptStream(inSteps(sealed, step), key, context));

async function readRange(sealed: Uint8Array, start: number, end?: number): Promise<Buffer> {
  const reader = { size: sealed.length, read: async (at: number, n: number) => sealed.subarray(at, at + n) };
  const opened = await openCiphertext(reader, KEY, CONTEXT);
  return collect(opened.range({ start, end: end ?? opened.size }));
}

async function refused(sealed: Uint8Array): Promise<void> {
  await expect(decrypt(sealed)).rejects.toThrow(CobblestoneError);
  await expect(readRange(sealed, 0)).rejects.toThrow(CobblestoneError);
}

describe('Cobblestone-256', () => {
  it.each(FOREIGN)(
    'writes what another implementation writes for %i bytes',
    async (length, salt, commitment, digest) => {
      const sealed = encrypt(message(length), Buffer.from(salt, 'hex'), 10_000);
      expect(sealed.subarray(24, HEADER_BYTES).toString('hex')).toBe(commitment);
      expect(createHash('sha256').update(sealed).digest('hex')).toBe(digest);
      expect((await decrypt(sealed)).equals(message(length))).toBe(true);
    },
  );

  it('gives back any message whatever the pieces in which it was written and read', async () => {
    const sizes = fc.oneof(
      fc.integer({ min: 0, max: 80_000 }),
      fc.constantFrom(0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES),
    );
    const step = fc.integer({ min: 1, max: 40_000 });
    await fc.assert(
      fc.asyncProperty(sizes, step, step, async (length, written, read) => {
        const sealed = encrypt(message(length), undefined, Math.max(written, length >> 6));
        expect(sealed.length).toBe(ciphertextBytes(length));
        expect(plaintextBytes(sealed.length)).toBe(length);
        expect((await decrypt(sealed, Math.max(read, length >> 6))).equals(message(length))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('reads any range without reading the rest', async () => {
    const plain = message(3 * CHUNK_BYTES + 100);
    const sealed = encrypt(plain);
    const at = fc.integer({ min: 0, max: plain.length });
    await fc.assert(
      fc.asyncProperty(at, at, async (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        expect((await readRange(sealed, start, end)).equals(plain.subarray(start, end))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a message in which any one bit was changed', async () => {
    const sealed = encrypt(message(2 * CHUNK_BYTES + 77));
    const position = fc.oneof(
      fc.integer({ min: 0, max: sealed.length - 1 }),
      fc.integer({ min: 0, max: HEADER_BYTES }),
    );
    await fc.assert(
      fc.asyncProperty(position, fc.integer({ min: 0, max: 7 }), async (at, bit) => {
        const changed = Buffer.from(sealed);
        changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at);
        await refused(changed);
      }),
      { numRuns: 80 },
    );
  });

  it('refuses a message cut at any length, chunk ends included, or with anything behind its end', async () => {
    const sealed = encrypt(message(2 * CHUNK_BYTES + 77));
    const ends = [0, 24, HEADER_BYTES, HEADER_BYTES + SEALED_CHUNK_BYTES, HEADER_BYTES + 2 * SEALED_CHUNK_BYTES];
    const length = fc.oneof(fc.integer({ min: 0, max: sealed.length - 1 }), fc.constantFrom(...ends));
    await fc.assert(
      fc.asyncProperty(length, (cut) => refused(sealed.subarray(0, cut))),
      { numRuns: 80 },
    );
    await refused(Buffer.concat([sealed, randomBytes(1)]));
    await refused(Buffer.concat([sealed, sealed.subarray(-93)]));
  });

  it('refuses chunks that were put in another order, doubled or taken from another message', async () => {
    const sealed = encrypt(message(3 * CHUNK_BYTES + 5));
    const other = encrypt(message(3 * CHUNK_BYTES + 5));
    const chunk = (from: Buffer, i: number): Buffer =>
      from.subarray(HEADER_BYTES + i * SEALED_CHUNK_BYTES, HEADER_BYTES + (i + 1) * SEALED_CHUNK_BYTES);
    const build = (...chunks: Buffer[]): Buffer => Buffer.concat([sealed.subarray(0, HEADER_BYTES), ...chunks]);
    const [a, b, c, last] = [chunk(sealed, 0), chunk(sealed, 1), chunk(sealed, 2), chunk(sealed, 3)] as const;
    expect(build(a, b, c, last).equals(sealed)).toBe(true);
    await refused(build(b, a, c, last));
    await refused(build(a, a, c, last));
    await refused(build(a, c, last));
    await refused(build(a, b, b, c, last));
    await refused(build(a, chunk(other, 1), c, last));
  });

  it('tells a wrong key, object or key length before it opens anything', async () => {
    const sealed = encrypt(message(10));
    await expect(decrypt(sealed, 10, randomBytes(32))).rejects.toThrow(new CobblestoneError('commitment'));
    await expect(decrypt(sealed, 10, KEY, Buffer.from('another object'))).rejects.toThrow(
      new CobblestoneError('commitment'),
    );
    expect(() => new CobblestoneEncryptor(KEY.subarray(0, 16), CONTEXT)).toThrow(new CobblestoneError('key'));
  });

  it('never writes the same bytes twice', () => {
    expect(encrypt(message(100)).equals(encrypt(message(100)))).toBe(false);
  });
});
