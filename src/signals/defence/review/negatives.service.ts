import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../../domain/errors';
import type { NegativeKind, SignalType } from '../../../domain/vocabulary';
import { ClockSource } from '../../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../../infra/database/work';
import { pageOf, parseCursor, type Page } from '../../../infra/http/paging';
import { append } from '../../../ledger/append';
import { SignalIndex } from '../../matching/signal-index.service';
import { NegativeIndex, type NegativeRow } from '../negative-index.service';
import { readEntries, type NegativeLine, type ReadList } from '../negative-list';
import { collide, listCollisions, type Hit } from './collisions';
import type {
  AddNegativeLinesDto,
  AddNegativesDto,
  NegativeQuery,
  NegativesAnswer,
  NegativeView,
  RemoveNegativesDto,
} from './defence.dto';
import { move } from './quarantine.service';

const SHOWN = 100;

interface StoredNegative {
  readonly id: string;
  readonly kind: NegativeKind;
  readonly type: SignalType;
  readonly value: string;
  readonly note: string | null;
  readonly source: string | null;
  readonly added_at: Date;
}

/** Hashes of what must not match: harmless images, a benign corpus, canaries. */
@Injectable()
export class Negatives {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly negatives: NegativeIndex,
    private readonly index: SignalIndex,
  ) {}

  async add(actor: Actor, { entries, ...dto }: AddNegativeLinesDto): Promise<NegativesAnswer> {
    const numbered = entries.map((entry, index) => ({ line: index + 1, entry }));
    return this.addList(actor, dto, await readEntries(numbered, dto.type));
  }

  /** Adds what is new and looks up what stands and collides; sending a list again looks again. */
  async addList(actor: Actor, dto: AddNegativesDto, { lines, refused }: ReadList): Promise<NegativesAnswer> {
    if (lines.length === 0)
      throw new DomainError('signal-negative.unusable', { refused: refused.length, first: refused[0]?.detail ?? null });
    if (!this.index.loaded) throw new DomainError('request.unavailable', { part: 'signal index' });
    const found = await collide(this.index, lines);
    const at = this.clock.now();
    let added: NegativeRow[] = [];
    let touched: readonly string[] = [];
    const answer = await this.work.run(actor, async (tx) => {
      added = await insert(tx, actor, dto, lines, at);
      const review = await this.review(tx, actor, dto, found, at);
      touched = review.touched;
      return {
        added: added.length,
        already: lines.length - added.length,
        refused: refused.slice(0, SHOWN),
        refusedCount: refused.length,
        collisions: review.collisions,
      };
    });
    await this.negatives.apply(added);
    await this.index.touch(touched);
    return answer;
  }

  list(actor: Actor, query: NegativeQuery): Promise<Page<NegativeView>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      const rows = await tx.query<StoredNegative[]>(
        `select id, kind, type, value, note, source, added_at from signal_negative
         where removed_at is null and ($1::text is null or kind = $1) and ($2::text is null or type = $2) and ($3::uuid is null or id < $3)
         order by id desc limit $4`,
        [query.kind ?? null, query.type ?? null, after?.id ?? null, query.limit + 1],
      );
      return pageOf(rows, query.limit, (row) => ({ at: row.added_at, id: row.id }), toView);
    });
  }

  /** They count no more; what was refused because of them can be contributed. */
  async remove(actor: Actor, { ids, reason }: RemoveNegativesDto): Promise<{ removed: number }> {
    const at = this.clock.now();
    let removed: NegativeRow[] = [];
    const answer = await this.work.run(actor, async (tx) => {
      const standing = await tx.query<{ id: string }[]>(
        'select id from signal_negative where id = any($1::uuid[]) and removed_at is null for update',
        [ids],
      );
      if (standing.length === 0) throw new DomainError('request.not-found');
      const dims = { count: standing.length };
      const entry = await append(tx, {
        kind: 'signal-negative.removed',
        actor,
        at,
        subjects: {},
        dims,
        internal: { reason },
        audience: [],
      });
      [removed] = await tx.query<[NegativeRow[], number]>(
        `update signal_negative set removed_at = $2, removed_entry_id = $3 where id = any($1::uuid[]) and removed_at is null
         returning id, kind, type, value, note, true as removed`,
        [ids, at, entry.id],
      );
      return { removed: removed.length };
    });
    await this.negatives.apply(removed);
    return answer;
  }

  private async review(
    tx: Tx,
    actor: Actor,
    { hold }: AddNegativesDto,
    found: ReadonlyMap<string, Hit>,
    at: Date,
  ): Promise<{ collisions: NegativesAnswer['collisions']; touched: readonly string[] }> {
    const first = await firstOf(tx, found);
    if (first.length === 0) return { collisions: { signals: 0, held: 0, quarantineId: null, first }, touched: [] };
    const { quarantineId, contributionIds } = await listCollisions(tx, found, at);
    const reason = 'collides with an image that is known to be harmless';
    const touched = hold
      ? await move(tx, actor, contributionIds.map((contribution_id) => ({ contribution_id })), { kind: 'signal.held', held: true, reason, at }) // prettier-ignore
      : [];
    return { collisions: { signals: found.size, held: touched.length, quarantineId, first }, touched };
  }
}

async function insert(
  tx: Tx,
  actor: Actor,
  dto: AddNegativesDto,
  lines: readonly NegativeLine[],
  at: Date,
): Promise<NegativeRow[]> {
  // The entry is written whether or not a line is new: that the list was sent, and looked up, is what happened.
  const entry = await append(tx, {
    kind: 'signal-negative.added',
    actor,
    at,
    subjects: {},
    dims: { negativeKind: dto.kind, count: lines.length },
    internal: { source: dto.source ?? null, note: dto.note ?? null },
    audience: [],
  });
  return tx.query<NegativeRow[]>(
    `insert into signal_negative (id, kind, type, value, note, source, added_at, added_entry_id)
     select i, $1, t, v, n, $2, $3, $4 from unnest($5::uuid[], $6::text[], $7::text[], $8::text[]) as given (i, t, v, n) order by t, v
     on conflict (type, value, kind) where removed_at is null do nothing
     returning id, kind, type, value, note, false as removed`,
    [
      dto.kind,
      dto.source ?? null,
      at,
      entry.id,
      lines.map(() => uuidv7()),
      lines.map(({ type }) => type),
      lines.map(({ value }) => value),
      lines.map(({ note }) => note ?? dto.note ?? null),
    ],
  );
}

async function firstOf(tx: Tx, found: ReadonlyMap<string, Hit>): Promise<NegativesAnswer['collisions']['first']> {
  const ids = [...found.keys()];
  if (ids.length === 0) return [];
  const rows = await tx.query<{ id: string; type: SignalType; value: string }[]>(
    `select id, type, value from signal where id = any($1::uuid[]) and signal_state(id) <> 'withdrawn' order by id limit ${SHOWN}`,
    [ids],
  );
  return rows.map(({ id, type, value }) => {
    const { hits, distance } = found.get(id) ?? { hits: 1, distance: 0 };
    return { signalId: id, type, value, hits, distance };
  });
}

const toView = ({ added_at, ...row }: StoredNegative): NegativeView => ({ ...row, addedAt: added_at.toISOString() });
