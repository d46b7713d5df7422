import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../domain/errors';
import { disputeDueAt } from '../../domain/signal-lifecycle';
import type { MatchVerdict, SignalState, SignalType } from '../../domain/vocabulary';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { assertMaySay, disputesLeft } from '../defence/say';
import { SignalIndex } from '../matching/signal-index.service';
import { appendChange, concerned, onLists } from '../store/entries';
import { lockSignal, seenLists } from '../store/signal-view';
import type { FeedbackAnswer, FeedbackDto, FeedbackView } from './policy.dto';

interface SignalRow {
  readonly id: string;
  readonly type: SignalType;
  readonly state: SignalState;
  readonly confirmed: number;
  readonly false: number;
  readonly known: number;
}

/** What a platform found a match to be: counted for and against the signal, one word an organisation. */
@Injectable()
export class Feedback {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly index: SignalIndex,
  ) {}

  /** `within`: the lists that whoever speaks may speak of, where it is a program that was made for some. */
  async give(
    actor: Actor,
    signalId: string,
    dto: FeedbackDto,
    within: readonly string[] | null = null,
  ): Promise<FeedbackAnswer> {
    const at = this.clock.now();
    const answer = await this.work.run(actor, async (tx) => {
      await lockSignal(tx, signalId);
      const signal = await find(tx, signalId);
      const listIds = (await seenLists(tx, signalId, 'all')).filter((id) => within?.includes(id) ?? true);
      if (listIds.length === 0) throw new DomainError('signal.nobody-behind', { signalId });
      if (dto.verdict === 'false') await assertMaySay(tx, actor, 'opinion', at);
      if (dto.matchId) await requireMatch(tx, dto.matchId, signalId);
      const was = await state(tx, actor, { signalId, listIds, within }, dto, at);
      await appendChange(tx, {
        kind: 'signal.feedback-given',
        actor,
        at,
        signals: [signal],
        lists: listIds,
        dims: { verdict: dto.verdict, was },
        shared: dto.note === undefined ? undefined : { note: dto.note },
        audience: await concerned(tx, onLists(signalId, listIds)),
      });
      const disputed = dto.verdict === 'false' && (await disputeFalse(tx, actor, signal, at));
      const { state: now, ...counts } = await find(tx, signalId);
      const feedback = { confirmed: counts.confirmed, false: counts.false, alreadyKnown: counts.known };
      return { signalId, verdict: dto.verdict, state: now, feedback, disputed };
    });
    await this.index.touch([signalId]);
    return answer;
  }

  /** What one's own organisation said of it, the last word first. */
  history(actor: Actor, signalId: string): Promise<FeedbackView[]> {
    return this.work.read(actor, async (tx) => {
      await find(tx, signalId);
      const rows = await tx.query<
        { verdict: MatchVerdict; note: string | null; given_at: Date; superseded_at: Date | null }[]
      >(
        `select verdict, note, given_at, superseded_at from signal_feedback where signal_id = $1 and organisation_id = $2
         order by given_at desc, id desc limit 200`,
        [signalId, actor.organisationId],
      );
      return rows.map(({ verdict, note, given_at, superseded_at }) => ({
        verdict,
        note,
        givenAt: given_at.toISOString(),
        supersededAt: superseded_at?.toISOString() ?? null,
      }));
    });
  }
}

async function find(tx: Tx, id: string): Promise<SignalRow> {
  const [row] = await tx.query<SignalRow[]>(
    `select s.id, s.type, signal_state(s.id) as state, coalesce(sum(f.confirmed), 0)::int as confirmed,
       coalesce(sum(f.false_matches), 0)::int as false, coalesce(sum(f.known), 0)::int as known
     from signal s left join signal_feedback_counts(array[$1::uuid]) f on true where s.id = $1 group by s.id, s.type`,
    [id],
  );
  if (!row) throw new DomainError('request.not-found');
  return row;
}

/** Matches are for the asker alone: one of others cannot be told from none. */
async function requireMatch(tx: Tx, matchId: string, signalId: string): Promise<void> {
  const found = await tx.query<unknown[]>('select 1 from signal_match where id = $1 and signal_id = $2', [
    matchId,
    signalId,
  ]);
  if (found.length > 0) return;
  throw new DomainError('request.invalid', {}, [
    { pointer: '/matchId', detail: 'there is no such match of this signal, or it is not yours' },
  ]);
}

interface About {
  readonly signalId: string;
  readonly listIds: readonly string[];
  readonly within: readonly string[] | null;
}

interface Word {
  readonly verdict: MatchVerdict;
  readonly note: string | null;
  readonly lists: readonly string[];
  readonly given_at: Date;
}

/**
 * The organisation's word until now gives way to this one and stays on record. What it said of lists of which a program may not
 * speak goes on standing: the same word for these and those, another one beside it. @returns the verdict before
 */
async function state(
  tx: Tx,
  actor: Actor,
  { signalId, listIds, within }: About,
  dto: FeedbackDto,
  at: Date,
): Promise<MatchVerdict | null> {
  const [before] = await tx.query<[(Word & { readonly said_here: boolean })[], number]>(
    `update signal_feedback set superseded_at = $3 where signal_id = $1 and organisation_id = $2 and superseded_at is null
     returning verdict, note, given_at, list_ids && $4::uuid[] as said_here,
       array(select l from unnest(list_ids) l where l = any(signal_seen_lists($1, false)) and l <> all($5::uuid[])) as lists`,
    [signalId, actor.organisationId, at, listIds, within ?? listIds],
  );
  const elsewhere = within === null ? [] : before.filter(({ lists }) => lists.length > 0);
  const same = elsewhere.filter(({ verdict }) => verdict === dto.verdict).flatMap(({ lists }) => lists);
  const words: Word[] = [
    { verdict: dto.verdict, note: dto.note ?? null, lists: [...listIds, ...same], given_at: at },
    ...elsewhere.filter(({ verdict }) => verdict !== dto.verdict),
  ];
  for (const { verdict, note, lists, given_at } of words) {
    await tx.query(
      'insert into signal_feedback (id, signal_id, organisation_id, list_ids, verdict, note, given_at) values ($1, $2, $3, $4, $5, $6, $7)',
      [uuidv7(), signalId, actor.organisationId, lists, verdict, note, given_at],
    );
  }
  return before.find(({ said_here }) => said_here)?.verdict ?? null;
}

/**
 * Through one list two organisations or more found it false, and more than found it right: a person has to look. The database counts.
 * It is a dispute of whoever made the last of these reports, who opens no more of them so than by hand: beyond that the report counts
 * and the next one disputes.
 */
async function disputeFalse(tx: Tx, actor: Actor, signal: SignalRow, at: Date): Promise<boolean> {
  if ((await disputesLeft(tx, actor, at)) === 0) return false;
  const [row] = await tx.query<{ lists: string[] | null }[]>(
    'select signal_dispute_false_match($1, $2, $3, $4) as lists',
    [signal.id, uuidv7(), at, disputeDueAt(at)],
  );
  if (!row?.lists) return false;
  await appendChange(tx, {
    kind: 'signal.disputed',
    actor,
    at,
    signals: [signal],
    lists: row.lists,
    dims: { reason: 'false_match', because: 'feedback' },
    audience: await concerned(tx, onLists(signal.id, row.lists)),
  });
  return true;
}
