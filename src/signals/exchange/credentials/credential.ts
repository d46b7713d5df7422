import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { OrganisationKind } from '../../../domain/vocabulary';
import type { Actor } from '../../../infra/database/actor';

/** Protocols that a subscriber's program speaks with us. */
export const EXCHANGE_PROTOCOLS = ['feed', 'stopncii', 'tat', 'taxii'] as const;
export type ExchangeProtocol = (typeof EXCHANGE_PROTOCOLS)[number];

export const EXCHANGE_VERBS = ['fetch', 'submit', 'feedback'] as const;
export type ExchangeVerb = (typeof EXCHANGE_VERBS)[number];

/** What each protocol can do at all. */
export const VERBS_OF: Readonly<Record<ExchangeProtocol, readonly ExchangeVerb[]>> = {
  feed: ['fetch'],
  stopncii: ['fetch', 'submit', 'feedback'],
  tat: ['fetch', 'feedback'],
  taxii: ['fetch'],
};

/** Protocols in which a program shows a user name. */
export const HAS_USERNAME: Readonly<Record<ExchangeProtocol, boolean>> = {
  feed: false,
  stopncii: false,
  tat: true,
  taxii: true,
};

/** The secrets of one credential by what each is for; shown once, kept as SHA-256. */
export type Secrets = Readonly<Record<string, string>>;

/** A secret scanner recognises a leaked one by this. */
const SECRET_PREFIX = 'clx_';

const newSecret = (): string => SECRET_PREFIX + randomBytes(32).toString('base64url');

/** 32 random bytes each, so that a plain SHA-256 is enough to keep them. */
export function newSecrets(protocol: ExchangeProtocol, verbs: readonly ExchangeVerb[]): Secrets {
  if (protocol === 'feed') return { token: newSecret() };
  if (protocol !== 'stopncii') return { password: newSecret() };
  // Each endpoint of that protocol has a function key of its own beside the subscription key.
  return Object.fromEntries([
    ['subscriptionKey', newSecret()],
    ...verbs.map((verb): [string, string] => [`${verb}Key`, newSecret()]),
  ]);
}

export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Compares digests, so neither the time nor the length tells anything of the secret. */
export function isSecret(shown: string | undefined, keptHex: string | undefined): boolean {
  const kept = Buffer.from(keptHex ?? '', 'hex');
  const digest = hashSecret(shown ?? '');
  return timingSafeEqual(digest, kept.length === digest.length ? kept : Buffer.alloc(digest.length));
}

/** A row of `exchange_login`. */
export interface CredentialRow {
  readonly id: string;
  readonly organisation_id: string;
  readonly organisation_kind: OrganisationKind;
  readonly name: string;
  readonly lists: string[];
  readonly submit_to: string | null;
  readonly verbs: ExchangeVerb[];
  readonly expires_at: Date;
  readonly secrets: Readonly<Record<string, string>> | null;
}

/** Who fetches: a credential, or an organisation by its own people and keys. */
export interface Subscriber {
  readonly id: string;
  readonly actor: Actor;
  /** The lists that it was made for; null: all that the organisation may read. */
  readonly wanted: readonly string[] | null;
}

/** A recognised credential. */
export interface Bearer extends Subscriber {
  readonly name: string;
  readonly verbs: readonly ExchangeVerb[];
  readonly submitTo: string | null;
}
