import { v7 as uuidv7 } from 'uuid';
import { disputeDueAt } from '../../../domain/signal-lifecycle';
import type { SignalType } from '../../../domain/vocabulary';
import type { Actor, Tx } from '../../../infra/database/work';
import { appendChange, concerned } from '../../store/entries';
import type { SourceRow } from './source-row';
import type { Sorted } from './sorting';

interface StatementRow {
  readonly remoteId: string;
  readonly about: string;
  readonly by: string;
  readonly reason: string;
}

/** Keeps what is said against records, each opinion by its own id; what is said with a record replaces all said with it before. */
export async function writeStatements(tx: Tx, actor: Actor, sourceId: string, page: Sorted): Promise<void> {
  const whole = page.standing.filter(({ statements }) => statements !== undefined).map(({ remoteId }) => remoteId);
  const over = [...whole, ...page.gone.map(({ remoteId }) => remoteId)];
  const restated = page.statements.map(({ remoteId }) => remoteId);
  if (over.length > 0 || restated.length > 0) {
    await tx.query(
      'delete from exchange_statement where source_id = $1 and (about = any ($2::text[]) or remote_id = any ($3::text[]))',
      [sourceId, over, restated],
    );
  }
  const rows: StatementRow[] = [
    ...page.standing.flatMap(({ remoteId, statements = [] }) =>
      statements.map(({ by, reason }, i) => ({ remoteId: `${remoteId}#${i}`, about: remoteId, by, reason })),
    ),
    ...page.statements
      .filter(({ ends }) => !ends)
      .flatMap(({ remoteId, about, by, reason }) => about.map((each) => ({ remoteId, about: each, by, reason }))),
  ];
  if (rows.length === 0) return;
  // Of what is no record here, because it was refused or never sent, nothing is kept.
  await tx.query(
    `insert into exchange_statement (source_id, remote_id, about, organisation_id, stated_by, reason)
     select $1, u.remote_id, u.about, $2, u.stated_by, u.reason
     from unnest($3::text[], $4::text[], $5::text[], $6::text[]) as u (remote_id, about, stated_by, reason)
     where exists (select 1 from exchange_record r where r.source_id = $1 and r.remote_id = u.about) on conflict do nothing`,
    [
      sourceId,
      actor.organisationId,
      rows.map(({ remoteId }) => remoteId),
      rows.map(({ about }) => about),
      rows.map(({ by }) => by),
      rows.map(({ reason }) => reason),
    ],
  );
}

interface Said {
  readonly signalId: string;
  readonly type: SignalType;
  readonly disputed: boolean;
  /** One of them where there are several; `text` has them all. */
  readonly reason: string | null;
  readonly text: string;
}

/** What the source makes of each signal that these records name, over all the records that name it. */
const SAID = `
  select r.signal_id as "signalId", s.type, bool_or(coalesce(r.disputed, t.reason is not null)) as disputed,
    coalesce(max(t.text), '') as text, max(t.reason) as reason
  from exchange_record r join signal s on s.id = r.signal_id
  left join lateral (select min(x.reason) as reason,
      string_agg(x.reason || case when x.stated_by = '' then '' else ' (' || x.stated_by || ')' end, ', ' order by x.remote_id) as text
    from exchange_statement x where x.source_id = r.source_id and x.about = r.remote_id) t on true
  where r.source_id = $1 and r.signal_id in (select signal_id from exchange_record where source_id = $1 and remote_id = any ($2::text[]))
  group by r.signal_id, s.type`;

export interface Relayed {
  readonly disputed: readonly string[];
  readonly undisputed: readonly string[];
}

/**
 * A dispute at the source is handed on as what it is: a dispute about the hash here too, in nobody's name of this service, which
 * bears the name of the source and its reasons, and which a person here can decide. It ends when the source says so.
 */
export async function relayDisputes(
  tx: Tx,
  actor: Actor,
  source: SourceRow,
  remoteIds: readonly string[],
  at: Date,
): Promise<Relayed> {
  if (remoteIds.length === 0) return { disputed: [], undisputed: [] };
  const said = await tx.query<Said[]>(SAID, [source.id, remoteIds]);
  const disputed = said.filter((each) => each.disputed);
  const calm = said.filter((each) => !each.disputed).map(({ signalId }) => signalId);
  const opened = await open(tx, source, disputed, at);
  const fresh = disputed.filter(({ signalId }) => opened.has(signalId));
  if (fresh.length > 0) {
    await appendChange(tx, {
      kind: 'signal.disputed',
      actor,
      at,
      signals: fresh.map(({ signalId, type }) => ({ id: signalId, type })),
      subjects: { exchangeSource: source.id },
      dims: { reason: null, because: 'source' },
      lists: [source.list_id],
      audience: await concerned(
        tx,
        [...opened].map((signalId) => ({ signalId, listId: source.list_id })),
      ),
    });
  }
  return { disputed: [...opened], undisputed: await endRelayed(tx, source.id, calm, at) };
}

async function open(tx: Tx, source: SourceRow, disputed: readonly Said[], at: Date): Promise<Set<string>> {
  if (disputed.length === 0) return new Set();
  const rows = await tx.query<{ id: string }[]>('select exchange_dispute($1, $2, $3, $4, $5, $6, $7) as id', [
    source.id,
    disputed.map(() => uuidv7()),
    disputed.map(({ signalId }) => signalId),
    disputed.map(({ reason }) => reason ?? 'other'),
    disputed.map(({ text }) =>
      `Handed on from ${source.name}, unchecked${text === '' ? '' : `: ${text}`}`.slice(0, 2000),
    ),
    at,
    disputeDueAt(at),
  ]);
  return new Set(rows.map(({ id }) => id));
}

/** Ends what was handed on about these signals. */
export async function endRelayed(tx: Tx, sourceId: string, signalIds: readonly string[], at: Date): Promise<string[]> {
  if (signalIds.length === 0) return [];
  const rows = await tx.query<{ id: string }[]>('select exchange_undispute($1, $2, $3) as id', [
    sourceId,
    signalIds,
    at,
  ]);
  return rows.map(({ id }) => id);
}
