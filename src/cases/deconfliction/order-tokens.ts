import { createHmac, randomBytes } from 'node:crypto';
import { subjectForm } from '../../domain/web-address-subject';
import { readOrCreateSecret } from '../../infra/secrets';

/** What a token is made of. */
export interface Subject {
  readonly itemId: string;
  readonly kind: string;
  /** As `domain/web-address` writes it. */
  readonly identity: string;
  readonly platformId: string | null;
  /** SHA-256 of the exhibits of this item, hex. */
  readonly sha256: readonly string[];
}

/**
 * `subject`: what an order is about; a second order on it is stopped. `page`: the page of which it names a place; an order on the
 * whole page is about that place, too. `content`: the same file at another address there.
 */
export interface OrderToken {
  readonly itemId: string;
  readonly kind: 'subject' | 'page' | 'content';
  readonly token: Buffer;
}

const KEY_BYTES = 32;

/**
 * Keyed digests by which two bodies find out that both order the same. The key is `deconfliction.key` of the secrets folder, made
 * on the first start, the same on every node: another key finds nothing of what stands. Addresses can be guessed, so a plain
 * digest would tell whoever reads the database what is being ordered.
 */
export class OrderTokens {
  constructor(private readonly key: Uint8Array) {}

  static open(secretsDirectory: string): OrderTokens {
    const key = readOrCreateSecret(secretsDirectory, 'deconfliction.key', () => randomBytes(KEY_BYTES));
    if (key.length !== KEY_BYTES)
      throw new Error(`deconfliction.key in the secrets folder must be ${KEY_BYTES} bytes long`);
    return new OrderTokens(key);
  }

  /** Tells keys apart and nothing about any. */
  get fingerprint(): Buffer {
    return createHmac('sha256', this.key).update('clepsydra order token key').digest();
  }

  /** Without repeats, ordered by token: transactions that record several at once then wait for each other in one order. */
  of(subjects: readonly Subject[]): OrderToken[] {
    const tokens = new Map(subjects.flatMap((subject) => this.ofOne(subject)).map((each) => [keyOf(each), each]));
    return [...tokens.values()].sort((a, b) => Buffer.compare(a.token, b.token));
  }

  private ofOne({ itemId, kind, identity, platformId, sha256 }: Subject): OrderToken[] {
    // A file without an address is its content. One with an address is not: Art. 3(4)(c) orders the exact address.
    const files = sha256.map((digest) => ({
      itemId,
      kind: kind === 'file' ? ('subject' as const) : ('content' as const),
      token: this.mac('content', platformId ?? '', digest),
    }));
    if (kind === 'file') return files;
    const { whole, part } = subjectForm(identity);
    const page = this.mac('subject', kind, whole);
    const about =
      part === null
        ? [{ itemId, kind: 'subject' as const, token: page }]
        : [
            { itemId, kind: 'subject' as const, token: this.mac('subject', kind, part) },
            { itemId, kind: 'page' as const, token: page },
          ];
    return [{ itemId, kind: 'subject', token: this.mac(kind, identity) }, ...about, ...files];
  }

  /** Each part with its length before it, so that no two lists of parts read the same. */
  private mac(...parts: readonly string[]): Buffer {
    const mac = createHmac('sha256', this.key).update('clepsydra order token 1');
    for (const part of parts) mac.update(`\n${Buffer.byteLength(part)}:${part}`);
    return mac.digest();
  }
}

const keyOf = ({ itemId, kind, token }: OrderToken): string => `${itemId}.${kind}.${token.toString('hex')}`;
