import * as fc from 'fast-check';
import { audienceDigest, bodyDigest } from '../domain/ledger-entry';
import * as merkle from '../domain/merkle';
import { leafHash, nodeHash, saltedDigest, sha256 } from './native-hash';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('hashing by OpenSSL', () => {
  it('hashes leaves, nodes, bodies and audiences as the domain does in a browser', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        hash,
        hash,
        fc.string({ unit: 'grapheme' }),
        fc.array(fc.uuid()),
        (bytes, a, b, text, ids) => {
          expect(Uint8Array.from(leafHash(bytes))).toEqual(merkle.leafHash(bytes));
          expect(Uint8Array.from(nodeHash(a, b))).toEqual(merkle.nodeHash(a, b));
          expect(saltedDigest(bytes, text)).toBe(bodyDigest(bytes, text));
          expect(saltedDigest(bytes, JSON.stringify(ids))).toBe(audienceDigest(bytes, ids, sha256));
        },
      ),
    );
  });
});
