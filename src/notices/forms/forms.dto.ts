import { IsIn, Matches } from 'class-validator';
import { FORM_LANGUAGES } from '../../domain/forms/languages';

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
  keys!: AuthorityJwkView[];
}

export class PinKeyDto {
  /** The 32 bytes of an Ed25519 public key, base64url: the `x` of its JWK (RFC 8037). */
  @Matches(/^[A-Za-z0-9_-]{43}$/, { message: 'must be the 43 characters of an Ed25519 public key in base64url' })
  x!: string;
}

export class FormLanguageQuery {
  /** An official language of the Union; labels that are not shipped are English, and the form says so. @example fr */
  @IsIn(Object.keys(FORM_LANGUAGES))
  language: string = 'en';
}

export class ReadFormView {
  /** As `/schemas/form.json` says. */
  form!: object;
  /** Detached JWS in compact serialisation; null without one. */
  jws!: string | null;
}
