import type { MetricDefinition } from '../../src/domain/metric-definitions';
import type { Summary } from '../../src/domain/metrics';
import type { PublicFigures } from '../../src/domain/public-figures';

export type { Summary };

/** Checked against SHA-256(salt ‖ RFC 8785 of the body) in the entry's bytes. */
export interface EntryBody {
  readonly body: unknown;
  /** Hex. */
  readonly salt: string;
}

export interface FeedEntry {
  /** Where the feed delivers it: the cursor. */
  readonly seq: number;
  /** Its place in the tree; earlier than `seq` when it was disclosed later. */
  readonly leaf: number;
  readonly id: string;
  readonly kind: string;
  readonly at: string;
  /** The actor's organisation; null for the service itself. */
  readonly organisationId: string | null;
  readonly subjects: Readonly<Record<string, string>>;
  readonly dims: Readonly<Record<string, unknown>>;
  readonly shared?: EntryBody;
  readonly internal?: EntryBody;
  readonly digest: string;
  readonly bytes: string;
}

export interface FeedPage {
  readonly entries: readonly FeedEntry[];
  /** Everything up to here has been seen: the `after` of the next page. */
  readonly through: number;
}

export interface Figures {
  readonly scope: 'own' | 'public';
  /** Of referrals: live, of one's own organisation; null without a login. */
  readonly summary: Summary | null;
  /** Of removal orders, likewise. */
  readonly orders: Summary | null;
  /** Closed months as they were published; empty with a login. */
  readonly months: readonly {
    readonly month: string;
    readonly publishedAt: string;
    readonly treeSize: number;
    readonly figures: PublicFigures;
  }[];
  readonly definitions: readonly MetricDefinition[];
}
