import { Matches } from 'class-validator';

export class SchemaReferenceView {
  name!: string;
  title!: string;
  /** Where it stands, which is also its `$id`. */
  url!: string;
}

export class SchemaIndexView {
  schemas!: SchemaReferenceView[];
}

export class AuthorityJwkView {
  kty!: 'OKP';
  crv!: 'Ed25519';
  x!: string;
  kid!: string;
  alg?: 'EdDSA';
  use?: 'sig';
  /** From this instant on it signs nothing. */
  retiredAt?: string;
}

export class AuthorityJwksView {
  keys!: readonly AuthorityJwkView[];
}

export class PinKeyDto {
  /** The 32 bytes of an Ed25519 public key, base64url: the `x` of its JWK (RFC 8037). */
  @Matches(/^[A-Za-z0-9_-]{43}$/, { message: 'must be the 43 characters of an Ed25519 public key in base64url' })
  x!: string;
}
