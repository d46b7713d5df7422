import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../domain/errors';
import type { ContactSource, ProposalState } from '../../domain/providers';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { pageOf, parseCursor, type Page, type PageQuery } from '../../infra/http/paging';
import { assertVersion } from '../../infra/http/versions';
import { append } from '../../ledger/append';
import type {
  ConfirmProviderDto,
  ProposalView,
  ProposeProviderDto,
  ProviderFactsDto,
  ProviderView,
} from './providers.dto';
import { providerOf } from './providers.queries';
import { confirmEntry, fieldsOf, personOf } from './providers.service';
import { assertContacts, lockEntry, writeFacts } from './writing';

interface ProposalRow {
  readonly id: string;
  readonly platform_id: string;
  readonly proposed_by: string | null;
  readonly source: ContactSource;
  readonly source_address: string | null;
  readonly changes: ProviderFactsDto;
  readonly note: string | null;
  readonly seen_at: Date;
  readonly expires_at: Date | null;
  readonly state: ProposalState;
  readonly decided_at: Date | null;
}

const COLUMNS =
  'id, platform_id, proposed_by, source, source_address, changes, note, seen_at, expires_at, state, decided_at';

const toView = (row: ProposalRow): ProposalView => ({
  id: row.id,
  platformId: row.platform_id,
  source: row.source,
  sourceAddress: row.source_address,
  changes: row.changes,
  note: row.note,
  seenAt: row.seen_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  state: row.state,
  decidedAt: row.decided_at?.toISOString() ?? null,
});

/** What somebody else than the provider says about it, or the service found: nothing is used before a person has confirmed it. */
@Injectable()
export class Proposals {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  list(actor: Actor, platformId: string, query: PageQuery): Promise<Page<ProposalView>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      await providerOf(tx, platformId);
      const rows = await tx.query<ProposalRow[]>(
        `select ${COLUMNS} from provider_proposal where platform_id = $1 and ($2::timestamptz is null or (seen_at, id) < ($2, $3::uuid))
         order by seen_at desc, id desc limit $4`,
        [platformId, after?.at ?? null, after?.id ?? null, query.limit + 1],
      );
      return pageOf(rows, query.limit, (row) => ({ at: row.seen_at, id: row.id }), toView);
    });
  }

  /** By an authority; changes nothing yet. */
  propose(actor: Actor, platformId: string, dto: ProposeProviderDto): Promise<ProposalView> {
    assertContacts(dto.changes.contacts);
    const personId = personOf(actor);
    const at = this.clock.now();
    const id = uuidv7();
    return this.work.run(actor, async (tx) => {
      await providerOf(tx, platformId);
      await tx.query(
        `insert into provider_proposal (id, platform_id, organisation_id, proposed_by, source, changes, note, seen_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          id,
          platformId,
          actor.organisationId,
          personId,
          actor.organisationKind,
          JSON.stringify(dto.changes),
          dto.note,
          at,
        ],
      );
      await append(tx, {
        kind: 'provider.proposed',
        actor,
        at,
        subjects: { organisation: platformId, proposal: id },
        dims: { fields: fieldsOf(dto.changes) },
        internal: { note: dto.note },
        audience: [actor.organisationId],
      });
      const [row] = await tx.query<ProposalRow[]>(`select ${COLUMNS} from provider_proposal where id = $1`, [id]);
      if (!row) throw new DomainError('request.not-found');
      return toView(row);
    });
  }

  /**
   * A person stands for the entry as it then is: takes over the proposals named, rejects others. The platform and the operator
   * may for any but their own words; an authority for a platform that nobody has claimed, and for what a claimed one has said of
   * itself. Nobody accepts what they proposed.
   */
  confirm(actor: Actor, platformId: string, dto: ConfirmProviderDto): Promise<ProviderView> {
    const personId = personOf(actor);
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      const before = await providerOf(tx, platformId);
      assertMayConfirm(actor, before, dto);
      assertVersion(await lockEntry(tx, platformId, at), dto.version);
      const accepted = await openProposals(tx, platformId, dto.accept ?? []);
      const rejected = await openProposals(tx, platformId, dto.reject ?? []);
      for (const row of accepted) {
        const isOwn =
          row.proposed_by === personId || (row.source === 'platform' && actor.organisationId === platformId);
        if (isOwn) throw new DomainError('provider.own-proposal', { proposalId: row.id });
        const { source, source_address: sourceAddress, seen_at: seenAt } = row;
        await writeFacts(tx, { platformId, personId, at, source, sourceAddress, seenAt }, row.changes);
      }
      // Before the proposals are decided: an open one is what lets an authority write here.
      await confirmEntry(tx, platformId, personId, at);
      await decide(tx, accepted, 'accepted', personId, at);
      await decide(tx, rejected, 'rejected', personId, at);
      await append(tx, {
        kind: 'provider.confirmed',
        actor,
        at,
        subjects: { organisation: platformId },
        dims: { accepted: accepted.length, rejected: rejected.length, sources: accepted.map(({ source }) => source) },
        internal: { note: dto.note, accepted: accepted.map(({ id }) => id), rejected: rejected.map(({ id }) => id) },
        audience: [actor.organisationId, platformId],
      });
      return providerOf(tx, platformId);
    });
  }
}

function assertMayConfirm(actor: Actor, before: ProviderView, { accept = [], reject = [] }: ConfirmProviderDto): void {
  if (actor.organisationKind === 'operator' || actor.organisationId === before.platformId) return;
  if (actor.organisationKind === 'platform') throw new DomainError('auth.not-permitted');
  const named = [...accept, ...reject];
  const isStatement = named.length > 0 && named.every((id) => id === before.ownStatement?.proposalId);
  if (before.isClaimed && !isStatement) throw new DomainError('provider.claimed');
}

async function openProposals(tx: Tx, platformId: string, ids: readonly string[]): Promise<ProposalRow[]> {
  if (ids.length === 0) return [];
  const rows = await tx.query<ProposalRow[]>(
    `select ${COLUMNS} from provider_proposal where platform_id = $1 and id = any ($2) order by seen_at, id`,
    [platformId, ids],
  );
  if (rows.length !== new Set(ids).size) throw new DomainError('request.not-found');
  const decided = rows.find(({ state }) => state !== 'open');
  if (decided) throw new DomainError('provider.proposal-decided', { proposalId: decided.id, state: decided.state });
  return rows;
}

const decide = (tx: Tx, rows: readonly ProposalRow[], state: ProposalState, by: string, at: Date): Promise<unknown> =>
  tx.query(`update provider_proposal set state = $2, decided_at = $3, decided_by = $4 where id = any ($1)`, [
    rows.map(({ id }) => id),
    state,
    at,
    by,
  ]);
