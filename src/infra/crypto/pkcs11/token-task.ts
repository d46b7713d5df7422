import type { TokenAddress } from './token-address';

export type Digest = 'sha256' | 'sha384' | 'sha512';

/** How a key signs. A certificate demands one of these. */
export type SigningScheme =
  | { readonly kind: 'RSA' | 'ECDSA'; readonly digest: Digest }
  | { readonly kind: 'RSA-PSS'; readonly digest: Digest; readonly saltBytes: number };

/** A key on a token as a process is told of it. */
export interface TokenPlace extends TokenAddress {
  readonly pinFile: string;
}

export type TokenWork =
  | { readonly verb: 'certificates' }
  | { readonly verb: 'sign'; readonly scheme: SigningScheme; readonly bytes: Uint8Array };

export interface TokenTask {
  readonly place: TokenPlace;
  readonly work: TokenWork;
  /** The PIN that this token refused before, by its fingerprint; see pin.ts. */
  readonly refusedPin?: string | undefined;
}

/** `lost`: what was open is not any more; a new process may find it again. */
export type TokenFault = 'misconfigured' | 'absent' | 'pin-refused' | 'key-missing' | 'failed' | 'lost';

export interface TokenFailure {
  readonly fault: TokenFault;
  readonly reason: string;
  readonly refusedPin?: string | undefined;
}

export type TokenAnswer = { readonly values: readonly Uint8Array[] } | TokenFailure;

/** Thrown where the token is spoken to, and told to the service. The reason never holds a secret, a path or a name. */
export class TokenFaultError extends Error {
  constructor(
    readonly fault: TokenFault,
    reason: string,
    readonly refusedPin?: string,
  ) {
    super(reason);
  }
}
