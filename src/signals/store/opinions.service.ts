import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../domain/errors';
import { disputeDueAt } from '../../domain/signal-lifecycle';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { assertMaySay } from '../defence/say';
import type { SignalView } from './contribution.dto';
import { Contributions } from './contributions.service';
import { appendChange, concerned, onLists } from './entries';
import type { OpinionsView, OpinionView, StateOpinionDto } from './opinion.dto';
import { assertStands } from './reading.service';
import { lockSignal, requireSignal, seenLists, toldLists } from './signal-view';

interface OpinionRow extends Omit<OpinionView, 'statedAt' | 'supersededAt'> {
  readonly statedAt: Date;
  readonly supersededAt: Date | null;
}

/** What organisations say of a hash: one standing opinion each, changeable, every earlier one on record. */
@Injectable()
export class Opinions {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly contributions: Contributions,
  ) {}

  async state(actor: Actor, signalId: string, dto: StateOpinionDto): Promise<SignalView> {
    assertWhole(dto);
    const at = this.clock.now();
    const view = await this.work.run(actor, async (tx) => {
      await this.stateIn(tx, actor, signalId, dto, at);
      return requireSignal(tx, signalId);
    });
    await this.contributions.told([signalId]);
    return view;
  }

  /** The same within the work of a caller, who tells of it after the commit (`Contributions.told`). */
  async stateIn(tx: Tx, actor: Actor, signalId: string, dto: StateOpinionDto, at: Date): Promise<void> {
    assertWhole(dto);
    await lockSignal(tx, signalId);
    const signal = await requireSignal(tx, signalId);
    assertStands(signal);
    const listIds = await listsOfOthers(tx, signalId);
    await assertMaySay(tx, actor, dto.opinion === 'dispute' ? 'dispute' : 'opinion', at);
    const before = await supersede(tx, actor, signalId, at);
    await tx.query(
      'insert into signal_opinion (id, signal_id, organisation_id, list_ids, opinion, reason, note, stated_at) values ($1, $2, $3, $4, $5, $6, $7, $8)',
      [uuidv7(), signalId, actor.organisationId, listIds, dto.opinion, dto.reason ?? null, dto.note ?? null, at],
    );
    await followWithDispute(tx, actor, { signalId, listIds }, dto, at);
    const lists = [...new Set([...listIds, ...(before ?? [])])];
    await appendChange(tx, {
      kind: dto.opinion === 'dispute' ? 'signal.disputed' : 'signal.confirmed',
      actor,
      at,
      signals: [{ id: signalId, type: signal.type }],
      lists,
      dims: { reason: dto.reason ?? null },
      shared: dto.note ? { note: dto.note } : undefined,
      audience: await concerned(tx, onLists(signalId, listIds)),
    });
  }

  /** Takes one's opinion back, and with it the dispute that it opened. */
  async retract(actor: Actor, signalId: string): Promise<SignalView> {
    const at = this.clock.now();
    const view = await this.work.run(actor, async (tx) => {
      await lockSignal(tx, signalId);
      const { type } = await requireSignal(tx, signalId);
      const lists = await supersede(tx, actor, signalId, at);
      if (!lists) throw new DomainError('signal.opinion-none', { signalId });
      // Asked before: the one who disputes is one of those concerned.
      const audience = await concerned(tx, onLists(signalId, lists));
      await retractDispute(tx, actor, signalId, at);
      await appendChange(tx, {
        kind: 'signal.opinion-retracted',
        actor,
        at,
        signals: [{ id: signalId, type }],
        lists,
        audience,
      });
      return requireSignal(tx, signalId);
    });
    await this.contributions.told([signalId]);
    return view;
  }

  /** Standing and earlier ones, newest first. */
  async list(actor: Actor, signalId: string): Promise<OpinionsView> {
    return this.work.read(actor, async (tx) => {
      await requireSignal(tx, signalId);
      const rows = await tx.query<OpinionRow[]>(
        `select p.id, p.organisation_id as "organisationId", coalesce(o.name, '') as "organisationName",
           ${toldLists('p')} as "listIds", p.opinion, p.reason, p.note,
           p.stated_at as "statedAt", p.superseded_at as "supersededAt"
         from signal_opinion p left join organisation o on o.id = p.organisation_id where p.signal_id = $1 order by p.stated_at desc, p.id desc`,
        [signalId],
      );
      const opinions = rows.map((row) => ({
        ...row,
        statedAt: row.statedAt.toISOString(),
        supersededAt: row.supersededAt?.toISOString() ?? null,
      }));
      return { opinions };
    });
  }
}

function assertWhole({ opinion, reason }: StateOpinionDto): void {
  const isDispute = opinion === 'dispute';
  if (isDispute === (reason !== undefined)) return;
  const detail = isDispute ? 'a dispute needs its reason' : 'only a dispute has a reason';
  throw new DomainError('request.invalid', {}, [{ pointer: '/reason', detail }]);
}

/**
 * The lists on which the organisation sees the hash and somebody else stands behind it: those it speaks about.
 * @throws DomainError `signal.only-yours` when there is none
 */
async function listsOfOthers(tx: Tx, signalId: string): Promise<string[]> {
  const listIds = await seenLists(tx, signalId, 'of others');
  if (listIds.length === 0) throw new DomainError('signal.only-yours', { signalId });
  return listIds;
}

/** Ends the organisation's standing opinion. @returns the lists that it was about, undefined when it had none */
async function supersede(tx: Tx, actor: Actor, signalId: string, at: Date): Promise<string[] | undefined> {
  const [ended] = await tx.query<[{ list_ids: string[] }[], number]>(
    `update signal_opinion set superseded_at = $3 where signal_id = $1 and organisation_id = $2 and superseded_at is null
     returning list_ids`,
    [signalId, actor.organisationId, at],
  );
  return ended[0]?.list_ids;
}

const OWN_OPEN = `signal_id = $1 and organisation_id = $2 and state = 'open' and reason <> 'order_annulled'`;

async function retractDispute(tx: Tx, actor: Actor, signalId: string, at: Date): Promise<void> {
  await tx.query(`update signal_dispute set state = 'retracted', closed_at = $3, closed_by = $2 where ${OWN_OPEN}`, [
    signalId,
    actor.organisationId,
    at,
  ]);
}

/** A dispute is opened, goes on with another reason and the same hour at which it is due, or ends with the opinion. */
async function followWithDispute(
  tx: Tx,
  actor: Actor,
  { signalId, listIds }: { readonly signalId: string; readonly listIds: readonly string[] },
  dto: StateOpinionDto,
  at: Date,
): Promise<void> {
  if (dto.opinion === 'confirm') return retractDispute(tx, actor, signalId, at);
  // What was rejected for this reason on some of the lists is not raised there again.
  const [left] = await tx.query<{ lists: string[] }[]>(
    `select array(select l from unnest($4::uuid[]) l where not exists (select 1 from signal_dispute d where d.signal_id = $1
       and d.organisation_id = $2 and d.state = 'rejected' and d.reason = $3 and l = any(d.list_ids))) as lists`,
    [signalId, actor.organisationId, dto.reason, listIds],
  );
  const lists = left?.lists ?? [];
  if (lists.length === 0) throw new DomainError('dispute.decided-before', { signalId });
  const [, restated] = await tx.query<[unknown[], number]>(
    `update signal_dispute set reason = $3, note = $4, list_ids = $5 where ${OWN_OPEN}`,
    [signalId, actor.organisationId, dto.reason, dto.note ?? null, lists],
  );
  if (restated > 0) return;
  await tx.query(
    'insert into signal_dispute (id, signal_id, organisation_id, list_ids, reason, note, opened_at, due_at) values ($1, $2, $3, $4, $5, $6, $7, $8)',
    [uuidv7(), signalId, actor.organisationId, lists, dto.reason, dto.note ?? null, at, disputeDueAt(at)],
  );
}
