import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { formatCursor, parseCursor, type Page } from '../../infra/http/paging';
import { assertVersion } from '../../infra/http/versions';
import { append } from '../../ledger/append';
import type { ChangeProviderDto, ProviderQuery, ProviderView, RegisterEntryView } from './providers.dto';
import { PROVIDERS, providerOf, toView, type ProviderRow } from './providers.queries';
import { withoutAddresseeFacts, writeStatement } from './stating';
import { lockEntry, writeFacts } from './writing';

/** An entry that nobody has looked at for a quarter of a year is not relied on without a look. */
const STALE_AFTER_MS = 90 * 24 * 60 * 60_000;

const entryOf = (view: ProviderView, now: Date): RegisterEntryView => ({
  ...view,
  isStale: view.confirmedAt === null || now.getTime() - Date.parse(view.confirmedAt) > STALE_AFTER_MS,
});

/** The register of providers: read by everybody who takes part, written by the platform itself and by the operator. */
@Injectable()
export class Providers {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /** Newest first. A provisional platform is there for those who came across it and for the operator. */
  async list(actor: Actor, query: ProviderQuery): Promise<Page<RegisterEntryView>> {
    const after = parseCursor(query.cursor);
    const rows = await this.work.read(actor, (tx) =>
      tx.query<ProviderRow[]>(
        `${PROVIDERS} and ($1::text is null or exists (select 1 from platform_host h where h.organisation_id = o.id and h.host = $1))
           and ($2::text is null or strpos(lower(o.name), lower($2)) > 0 or o.slug = lower($2))
           and ($3::text is null or coalesce(p.service_kind, 'hosting') = $3)
           and ($4::timestamptz is null or (o.created_at, o.id) < ($4, $5::uuid))
         order by o.created_at desc, o.id desc limit $6`,
        [
          query.host?.toLowerCase() ?? null,
          query.q ?? null,
          query.serviceKind ?? null,
          after?.at ?? null,
          after?.id ?? null,
          query.limit + 1,
        ],
      ),
    );
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1);
    const next = rows.length > query.limit && last ? formatCursor({ at: last.created_at, id: last.platform_id }) : null;
    return { items: shown.map((row) => entryOf(toView(row), this.clock.now())), next };
  }

  get(actor: Actor, platformId: string): Promise<RegisterEntryView> {
    return this.work.read(actor, async (tx) => entryOf(await providerOf(tx, platformId), this.clock.now()));
  }

  /**
   * By the platform about itself, or by the operator: a person of theirs has said so, which confirms it. What decides whether and
   * how it can be ordered is a statement when the platform says it, until a second party confirms it (`Proposals.confirm`).
   */
  change(actor: Actor, platformId: string, dto: ChangeProviderDto): Promise<ProviderView> {
    const personId = personOf(actor);
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      await providerOf(tx, platformId);
      const isOwn = actor.organisationId === platformId;
      if (!isOwn && actor.organisationKind !== 'operator') throw new DomainError('auth.not-permitted');
      assertVersion(await lockEntry(tx, platformId, at), dto.version);
      const writing = { platformId, personId, at, source: isOwn ? 'platform' : 'operator' } as const;
      await writeFacts(tx, writing, isOwn ? withoutAddresseeFacts(dto) : dto);
      const stated = isOwn ? await writeStatement(tx, actor, writing, dto) : [];
      await removeContacts(tx, platformId, dto.removeContacts ?? [], at);
      await confirmEntry(tx, platformId, personId, at);
      await append(tx, {
        kind: 'provider.changed',
        actor,
        at,
        subjects: { organisation: platformId },
        dims: { fields: fieldsOf(dto), stated },
        internal: { contactsRemoved: dto.removeContacts ?? [] },
        audience: [actor.organisationId, platformId],
      });
      return providerOf(tx, platformId);
    });
  }
}

/** The names of what a change says, without its values. */
export const fieldsOf = (facts: object): string[] =>
  Object.entries(facts)
    .filter(([name, value]) => name !== 'version' && value !== undefined && value !== null)
    .map(([name]) => name)
    .sort();

/** What others rely on when they send an order was said by a person. */
export function personOf(actor: Actor): string {
  if (!actor.personId || actor.via !== 'session')
    throw new DomainError('auth.not-permitted', { reason: 'a person has to do this, not a key' });
  return actor.personId;
}

export const confirmEntry = (tx: Tx, platformId: string, personId: string, at: Date): Promise<unknown> =>
  tx.query(
    `update provider_entry set confirmed_by = $2, confirmed_at = $3, changed_at = $3, version = version + 1 where platform_id = $1`,
    [platformId, personId, at],
  );

async function removeContacts(tx: Tx, platformId: string, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  const rows = await tx.query<[{ id: string }[], number]>(
    `update provider_contact set removed_at = $3 where platform_id = $1 and id = any ($2) and removed_at is null returning id`,
    [platformId, ids, at],
  );
  if (rows[1] !== new Set(ids).size) {
    throw new DomainError('request.invalid', {}, [{ pointer: '/removeContacts', detail: 'not contacts in use' }]);
  }
}
