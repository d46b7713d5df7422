import { generateKeyPairSync, sign } from 'node:crypto';
import { rawKeyOf, verifies } from '../../test/support/signatures';
import * as fc from 'fast-check';
import { acknowledgedBytes, messageDigest, verifyAcknowledgement, type Acknowledgement } from './acknowledgement';
import { toBase64 } from './base64';
import { parseCheckpoint, verifierKeyOf } from './checkpoint';

const keys = generateKeyPairSync('ed25519');
const key = verifierKeyOf('clepsydra.example/ledger', rawKeyOf(keys.publicKey));

function acknowledge(message: unknown): Acknowledgement {
  const claim = {
    id: '0190aaaa-0000-7000-8000-000000000001',
    entryId: '0190aaaa-0000-7000-8000-000000000002',
    sha256: messageDigest(message),
    receivedAt: '2026-03-02T09:00:00.000Z',
  };
  return { ...claim, signature: toBase64(sign(null, acknowledgedBytes(claim), keys.privateKey)) };
}

describe('a machine’s acknowledgement', () => {
  it('holds for what was sent, in whatever order its members were written, and for nothing else', () => {
    const acknowledgement = acknowledge({ b: 1, a: [true] });
    expect(verifyAcknowledgement(acknowledgement, { a: [true], b: 1 }, key, verifies)).toBe(true);
    expect(verifyAcknowledgement(acknowledgement, { a: [true], b: 2 }, key, verifies)).toBe(false);
  });

  it('holds for a message without a body', () => {
    expect(verifyAcknowledgement(acknowledge(undefined), null, key, verifies)).toBe(true);
  });

  it('falls with any member that was changed', () => {
    const whole = acknowledge({ a: 1 });
    for (const member of ['id', 'entryId', 'sha256', 'receivedAt', 'signature'] as const) {
      expect(verifyAcknowledgement({ ...whole, [member]: 'AAAA' }, { a: 1 }, key, verifies)).toBe(false);
    }
  });

  it('never reads as a checkpoint, which the same key signs', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const bytes = acknowledgedBytes(acknowledge(JSON.parse(json)));
        expect(() => parseCheckpoint(Buffer.from(bytes).toString())).toThrow();
      }),
    );
  });
});
