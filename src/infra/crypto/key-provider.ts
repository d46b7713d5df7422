/** A key wrapped by a master key, with the name of that master key, so that masters can be changed one after another. */
export interface WrappedByMaster {
  readonly keyId: string;
  readonly wrapped: Uint8Array;
}

/**
 * Holds the master key and never gives it out: a key file here, later AWS KMS, Vault transit or PKCS#11. Only case keys
 * pass through it, so a slow provider costs one call per object, not one per byte.
 */
export abstract class KeyProvider {
  /** Name of the master key that wraps from now on. Says nothing about the key itself. */
  abstract readonly keyId: string;
  /** Whether keys wrapped under that master can still be unwrapped. */
  abstract holds(keyId: string): boolean;
  /** `context` is bound to the wrapping and must be given again to unwrap. */
  abstract wrap(key: Uint8Array, context: Uint8Array): Promise<WrappedByMaster>;
  /** Throws `storage.key-unavailable` for an unknown master and `storage.damaged` for a changed wrapping. */
  abstract unwrap(wrapped: WrappedByMaster, context: Uint8Array): Promise<Buffer>;
}
