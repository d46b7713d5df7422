import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { rawKeyOf, verifies } from '../../test/support/signatures';
import {
  formatCheckpoint,
  formatNote,
  formatVerifierKey,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  signCheckpoint,
  signedBytes,
  verifierKeyOf,
} from './checkpoint';
import { EMPTY_RANGE, rootOf } from './merkle';

// The example of golang.org/x/mod/sumdb/note, which the C2SP specification is taken from.
const VKEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const NOTE =
  'If you think cryptography is the answer to your problem,\n' +
  "then you don't know what your problem is.\n\n" +
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

const keys = generateKeyPairSync('ed25519');
const raw = rawKeyOf(keys.publicKey);
const key = verifierKeyOf('clepsydra.example/ledger', raw);
const checkpoint = { origin: key.name, size: 0, root: rootOf(EMPTY_RANGE), at: new Date('2026-01-02T03:04:05.678Z') };
const note = signCheckpoint(checkpoint, key, (message) => sign(null, message, keys.privateKey));

describe('signed notes and checkpoints (C2SP)', () => {
  it('reads the reference verifier key and verifies the reference note', () => {
    const reference = parseVerifierKey(VKEY);
    expect(reference).toMatchObject({ name: 'PeterNeumann', keyId: 'c74f20a3' });
    expect(formatVerifierKey(reference)).toBe(VKEY);
    expect(verifies(signedBytes(parseNote(NOTE), reference)!)).toBe(true);
    expect(verifies(signedBytes(parseNote(NOTE.replace('answer', 'answeR')), reference)!)).toBe(false);
  });

  it('refuses every shortened or altered verifier key', () => {
    for (let start = 0; start < VKEY.length; start++) {
      if (start > 0) expect(() => parseVerifierKey(VKEY.slice(start))).toThrow(SyntaxError);
      expect(() => parseVerifierKey(VKEY.slice(0, start))).toThrow(SyntaxError);
      const altered = VKEY.slice(0, start) + String.fromCharCode(VKEY.charCodeAt(start) + 1) + VKEY.slice(start + 1);
      expect(() => parseVerifierKey(altered)).toThrow(SyntaxError);
    }
    expect(() => parseVerifierKey('PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')).toThrow();
  });

  it('opens what it signed and gives back the same checkpoint', () => {
    expect(openCheckpoint(note, key, verifies)).toEqual(checkpoint);
    expect(formatCheckpoint(parseCheckpoint(formatCheckpoint(checkpoint)))).toBe(formatCheckpoint(checkpoint));
    expect(note.split('\n').slice(0, 4)).toEqual([
      'clepsydra.example/ledger',
      '0',
      '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
      'at 2026-01-02T03:04:05.678Z',
    ]);
  });

  it('does not open a note after any one character of it is changed', () => {
    for (let i = 0; i < note.length; i++) {
      const altered = note.slice(0, i) + (note[i] === 'A' ? 'B' : 'A') + note.slice(i + 1);
      expect(() => openCheckpoint(altered, key, verifies)).toThrow(SyntaxError);
    }
  });

  it('passes over signatures of keys it does not know and does not believe a key of another name', () => {
    const cosigned = `${note}— witness.example ${Buffer.alloc(68, 7).toString('base64')}\n`;
    expect(openCheckpoint(cosigned, key, verifies).size).toBe(0);
    const other = verifierKeyOf('other.example/ledger', raw);
    expect(() => openCheckpoint(note, other, verifies)).toThrow('not signed by this key');
  });

  it.each([
    'origin\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
    'origin\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
    'origin\n1\n47DEQpj8HBSa\n',
    'origin\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    'origin\n99999999999999999\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
    'origin\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nat noon\n',
    '\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
  ])('refuses %j as a checkpoint', (text) => {
    expect(() => parseCheckpoint(text)).toThrow(SyntaxError);
  });

  it('writes the reference note byte for byte with the reference key', () => {
    const seed = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1);
    const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    const { text } = parseNote(NOTE);
    const signature = sign(null, Buffer.from(text), privateKey);
    expect(formatNote({ text, signatures: [{ name: 'PeterNeumann', keyId: 'c74f20a3', signature }] })).toBe(NOTE);
  });
});
