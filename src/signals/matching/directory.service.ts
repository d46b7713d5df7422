import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Tlp } from '../../domain/vocabulary';
import type { PolicyRule } from '../../domain/signal-policy';
import { DEFAULT_RULES } from '../../domain/signal-policy';
import type { Actor } from '../../infra/database/actor';
import { Work, type Tx } from '../../infra/database/work';
import { LedgerFollow } from '../../ledger/ledger-follow';
import type { Asker, KnownList, Names, Policy, Stand } from './known-signal';

interface ListRow {
  readonly id: string;
  readonly name: string;
  readonly tlp: Tlp;
  readonly auto_action: boolean;
  readonly sharing: string;
  readonly owner_id: string | null;
  readonly members: string[];
}

interface PolicyRow {
  readonly organisation_id: string;
  readonly version: number;
  readonly rules: PolicyRule[];
}

interface Contents {
  readonly lists: ReadonlyMap<string, ListRow & KnownList>;
  readonly organisations: ReadonlyMap<string, string>;
  readonly policies: ReadonlyMap<string, Policy>;
  /** Lists that an organisation may read, found out when it first asks. */
  readonly readable: Map<string, ReadonlySet<string>>;
}

const DEFAULT_POLICY: Policy = { version: null, rules: DEFAULT_RULES };
/** What the lists, their members, the names and the policies of an installation may change with. */
const ABOUT = ['signal-list', 'signal-policy', 'organisation', 'platform'];

/**
 * Lists with their members, names of organisations, policies in force: small, read whole, and again when the ledger says
 * that one of them changed. What an organisation may read is the same as `readable_lists()` says in the database.
 */
@Injectable()
export class Directory implements OnApplicationBootstrap, Names {
  private contents: Contents | undefined;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly work: Work,
    private readonly ledger: LedgerFollow,
  ) {}

  onApplicationBootstrap(): void {
    this.ledger.follow({
      name: 'signal directory',
      about: ABOUT,
      hear: async ({ after, through, entries }) => {
        if (entries.length > 0 || after === through) await this.refresh();
      },
    });
  }

  /** Resolves at once but for the first time. */
  async ready(): Promise<void> {
    if (!this.contents) await this.refresh();
  }

  get isReady(): boolean {
    return this.contents !== undefined;
  }

  /** After a commit on this node that changed a list, a member or a policy: the next question here already knows. */
  async refresh(): Promise<void> {
    // Behind one under way, which may have read before the commit.
    const before = this.reading;
    const reading = (before ?? Promise.resolve()).catch(() => undefined).then(() => this.read());
    this.reading = reading;
    try {
      await reading;
    } finally {
      if (this.reading === reading) this.reading = undefined;
    }
  }

  /** Reads again when a list or an organisation is named here that was not there: the entry about it may be under way. */
  async learn(stands: Iterable<Stand>): Promise<void> {
    if (!this.contents) return;
    for (const { listId, organisationId } of stands) {
      if (this.list(listId) && this.organisation(organisationId) !== undefined) continue;
      return this.refresh();
    }
  }

  list(id: string): KnownList | undefined {
    return this.contents?.lists.get(id);
  }

  organisation(id: string): string | undefined {
    return this.contents?.organisations.get(id);
  }

  policyOf(organisationId: string): Policy {
    return this.contents?.policies.get(organisationId) ?? DEFAULT_POLICY;
  }

  asker({ organisationId, organisationKind }: Actor): Asker {
    return { organisationId, isOperator: organisationKind === 'operator', readable: this.readableBy(organisationId) };
  }

  private readableBy(organisationId: string): ReadonlySet<string> {
    const { contents } = this;
    if (!contents) throw new Error('the directory was asked before it was read');
    const known = contents.readable.get(organisationId);
    if (known) return known;
    const lists = [...contents.lists.values()].filter(
      ({ sharing, owner_id, members }) =>
        sharing === 'everyone' || owner_id === organisationId || members.includes(organisationId),
    );
    const readable = new Set(lists.map(({ id }) => id));
    contents.readable.set(organisationId, readable);
    return readable;
  }

  private async read(): Promise<void> {
    this.contents = await this.work.asWorker(readContents);
  }
}

async function readContents(tx: Tx): Promise<Contents> {
  const lists = await tx.query<ListRow[]>(
    `select l.id, l.name, l.tlp, l.auto_action, l.sharing, l.owner_id,
       array(select m.organisation_id from signal_list_member m where m.list_id = l.id and m.left_at is null) as members
     from signal_list l`,
  );
  const organisations = await tx.query<{ id: string; name: string }[]>('select id, name from organisation');
  const policies = await tx.query<PolicyRow[]>(
    `select organisation_id, version, rules from signal_policy where state = 'in_force'`,
  );
  return {
    lists: new Map(lists.map((row) => [row.id, { ...row, autoAction: row.auto_action }])),
    organisations: new Map(organisations.map(({ id, name }) => [id, name])),
    policies: new Map(policies.map((row) => [row.organisation_id, { version: row.version, rules: row.rules }])),
    readable: new Map(),
  };
}
