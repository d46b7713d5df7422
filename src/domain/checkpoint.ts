import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { fromBase64, toBase64 } from './base64';
import { Hash, HASH_BYTES, equalHashes } from './merkle';

/**
 * C2SP tlog-checkpoint in a C2SP signed-note. Nothing here signs or verifies: the caller passes a function, because
 * Ed25519 comes from node:crypto on the server and from WebCrypto in a browser.
 */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  /** When it was signed, as an extension line `at <instant>`: stored beside it, and so provable. */
  readonly at: Date | null;
}

export interface NoteSignature {
  readonly name: string;
  /** Four bytes in hex. */
  readonly keyId: string;
  readonly signature: Uint8Array;
}

export interface SignedNote {
  /** What is signed: ends with a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface VerifierKey {
  readonly name: string;
  readonly keyId: string;
  /** 32 bytes, Ed25519. */
  readonly publicKey: Uint8Array;
}

export interface SignedBytes {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

export type VerifySignature = (signed: SignedBytes) => boolean;
export type Sign = (message: Uint8Array) => Uint8Array;

const ED25519 = 1;
const MAX_SIGNATURES = 100;
const MAX_NOTE_CHARACTERS = 1_000_000;

/** SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key)[:4] in hex, as signed-note recommends for Ed25519. */
export function keyIdOf(name: string, publicKey: Uint8Array): string {
  const input = concatBytes(utf8ToBytes(name), Uint8Array.of(0x0a, ED25519), publicKey);
  return bytesToHex(sha256(input).subarray(0, 4));
}

export function isKeyName(name: string): boolean {
  return name.length > 0 && !/[\s+\p{Cc}\p{Cs}]/u.test(name);
}

export function verifierKeyOf(name: string, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name)) throw new SyntaxError('a key name has neither spaces nor a plus sign');
  if (publicKey.length !== 32) throw new SyntaxError('an Ed25519 public key has 32 bytes');
  return { name, keyId: keyIdOf(name, publicKey), publicKey };
}

/** `<name>+<key id>+<base64(0x01 ‖ public key)>`. */
export function formatVerifierKey(key: VerifierKey): string {
  return `${key.name}+${key.keyId}+${toBase64(concatBytes(Uint8Array.of(ED25519), key.publicKey))}`;
}

export function parseVerifierKey(text: string): VerifierKey {
  const [, name, keyId, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/s.exec(text) ?? [];
  if (name === undefined || keyId === undefined || encoded === undefined) throw new SyntaxError('not a verifier key');
  const material = fromBase64(encoded);
  if (material[0] !== ED25519) throw new SyntaxError('the verifier key is not of type Ed25519');
  const key = verifierKeyOf(name, material.subarray(1));
  if (key.keyId !== keyId) throw new SyntaxError('the key id does not belong to the verifier key');
  return key;
}

export function formatCheckpoint(checkpoint: Checkpoint): string {
  const lines = [checkpoint.origin, String(checkpoint.size), toBase64(checkpoint.root)];
  if (checkpoint.at) lines.push(`at ${checkpoint.at.toISOString()}`);
  return `${lines.join('\n')}\n`;
}

/** The three lines of a checkpoint; unknown extension lines are passed over. Throws a SyntaxError. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', size = '', root = '', ...extensions] = text.split('\n');
  if (extensions.pop() !== '' || extensions.includes('')) throw new SyntaxError('a checkpoint ends with one newline');
  if (origin === '') throw new SyntaxError('a checkpoint starts with its origin');
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) {
    throw new SyntaxError('the second line of a checkpoint is the size of the tree');
  }
  const hash = fromBase64(root);
  if (hash.length !== HASH_BYTES) throw new SyntaxError('the third line of a checkpoint is the root');
  const stated = extensions.find((line) => line.startsWith('at '))?.slice(3);
  const at = stated === undefined ? null : new Date(stated);
  if (at && (Number.isNaN(at.getTime()) || at.toISOString() !== stated)) throw new SyntaxError('not an instant');
  return { origin, size: Number(size), root: hash, at };
}

export function formatNote(note: SignedNote): string {
  const lines = note.signatures.map(
    ({ name, keyId, signature }) => `— ${name} ${toBase64(concatBytes(hexToBytes(keyId), signature))}\n`,
  );
  return `${note.text}\n${lines.join('')}`;
}

function parseSignature(line: string): NoteSignature {
  const [, name = '', encoded = ''] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
  if (!isKeyName(name)) throw new SyntaxError('not a signature line');
  const material = fromBase64(encoded);
  if (material.length < 5) throw new SyntaxError('the signature is too short');
  return { name, keyId: bytesToHex(material.subarray(0, 4)), signature: material.subarray(4) };
}

/** Form only; nothing is verified. Throws a SyntaxError. */
export function parseNote(note: string): SignedNote {
  const malformed = note.length > MAX_NOTE_CHARACTERS || /\p{Cs}/u.test(note) || /[^\P{Cc}\n]/u.test(note);
  const cut = note.lastIndexOf('\n\n');
  if (malformed || cut < 0 || !note.endsWith('\n')) throw new SyntaxError('not a signed note');
  const lines = note.slice(cut + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw new SyntaxError('too many signatures');
  return { text: note.slice(0, cut + 1), signatures: lines.map(parseSignature) };
}

export function signCheckpoint(checkpoint: Checkpoint, key: VerifierKey, sign: Sign): string {
  const text = formatCheckpoint(checkpoint);
  return formatNote({ text, signatures: [{ name: key.name, keyId: key.keyId, signature: sign(utf8ToBytes(text)) }] });
}

/**
 * What has to be verified before a note may be believed: the one signature of this key. Null when the key has not
 * signed it. For callers whose verification is asynchronous (WebCrypto).
 */
export function signedBytes(note: SignedNote, key: VerifierKey): SignedBytes | null {
  const mine = note.signatures.find(({ name, keyId }) => name === key.name && keyId === key.keyId);
  return mine ? { publicKey: key.publicKey, message: utf8ToBytes(note.text), signature: mine.signature } : null;
}

/** The checkpoint in a note signed by this key, whose origin is the key's name. Throws a SyntaxError otherwise. */
export function openCheckpoint(note: string, key: VerifierKey, verify: VerifySignature): Checkpoint {
  const parsed = parseNote(note);
  const signed = signedBytes(parsed, key);
  if (!signed) throw new SyntaxError('the checkpoint is not signed by this key');
  if (!verify(signed)) throw new SyntaxError('the signature of the checkpoint is wrong');
  const checkpoint = parseCheckpoint(parsed.text);
  if (checkpoint.origin !== key.name) throw new SyntaxError('the checkpoint is of another ledger');
  return checkpoint;
}

export function sameCheckpoint(a: Checkpoint, b: Checkpoint): boolean {
  return a.origin === b.origin && a.size === b.size && equalHashes(a.root, b.root);
}
