import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Wraps a key: nonce ‖ ciphertext ‖ tag of AES-256-GCM under a random nonce. At most 2³² wraps under one key (SP 800-38D, 8.3). */
export function wrapKey(wrappingKey: Uint8Array, key: Uint8Array, context: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', wrappingKey, nonce);
  cipher.setAAD(context);
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined when this key and context did not wrap it, or it was changed. */
export function unwrapKey(wrappingKey: Uint8Array, wrapped: Uint8Array, context: Uint8Array): Buffer | undefined {
  if (wrapped.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const end = wrapped.length - TAG_BYTES;
  const cipher = createDecipheriv('aes-256-gcm', wrappingKey, wrapped.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  cipher.setAAD(context);
  cipher.setAuthTag(wrapped.subarray(end));
  try {
    return Buffer.concat([cipher.update(wrapped.subarray(NONCE_BYTES, end)), cipher.final()]);
  } catch {
    return undefined;
  }
}
