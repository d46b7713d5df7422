import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { append } from '../../ledger/append';
import { Contributions } from './contributions.service';
import type { AddMemberDto, LeftView, SignalListView } from './list.dto';
import { listAudience, requireList, requireOwnList, toListView, type ListRow } from './list.queries';
import { Retraction } from './retraction.service';

/** Who takes part in a list. Whoever joined can leave, and decides what becomes of what it gave. */
@Injectable()
export class ListMembers {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly contributions: Contributions,
    private readonly retraction: Retraction,
  ) {}

  /** Lets an organisation in, or changes whether it may contribute. */
  async add(actor: Actor, listId: string, dto: AddMemberDto): Promise<SignalListView> {
    const { mayContribute } = dto;
    const organisationId = dto.organisationId.toLowerCase();
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      await tx.query('select 1 from signal_list where id = $1 for key share', [listId]);
      const list = await requireOwnList(tx, actor, listId);
      if (list.closed_at) throw new DomainError('signal-list.closed', { listId });
      await requireOrganisation(tx, organisationId, actor);
      await tx.query(
        `insert into signal_list_member (list_id, organisation_id, may_contribute, joined_at) values ($1, $2, $3, $4)
         on conflict (list_id, organisation_id) do update set may_contribute = excluded.may_contribute, left_at = null,
           joined_at = case when signal_list_member.left_at is null then signal_list_member.joined_at else excluded.joined_at end`,
        [listId, organisationId, mayContribute, at],
      );
      const row = await requireList(tx, listId);
      await tell(tx, actor, at, 'signal-list.member-added', row, organisationId, { mayContribute });
      return toListView(row);
    });
  }

  /** Puts a member out. What it contributed stands until it, or a dispute, ends it. */
  async remove(actor: Actor, listId: string, organisation: string): Promise<SignalListView> {
    const organisationId = organisation.toLowerCase();
    return this.work.run(actor, async (tx) => {
      await requireOwnList(tx, actor, listId);
      await lockMembership(tx, listId, organisationId);
      const at = this.clock.now();
      await endMembership(tx, listId, organisationId, at);
      const row = await requireList(tx, listId);
      await tell(tx, actor, at, 'signal-list.member-left', row, organisationId, { contributions: 'kept' });
      return toListView(row);
    });
  }

  /** Leaves a list, and takes back what one contributed to it or lets it stand. */
  async leave(actor: Actor, listId: string, keepContributions: boolean): Promise<LeftView> {
    const { view, signalIds } = await this.work.run(actor, async (tx) => {
      const row = await requireList(tx, listId);
      await lockMembership(tx, listId, actor.organisationId);
      const at = this.clock.now();
      // Withdrawn first: the policies show what stands on the list only while one is a member.
      const ids = keepContributions ? [] : await ownOn(tx, actor, listId);
      const done = await this.retraction.retract(tx, actor, { contributionIds: ids }, 'withdrawn', at, 'left the list');
      await endMembership(tx, listId, actor.organisationId, at);
      const contributions = keepContributions ? 'kept' : 'withdrawn';
      await tell(tx, actor, at, 'signal-list.member-left', row, actor.organisationId, { contributions });
      return { view: { listId, withdrawn: done.contributions }, signalIds: done.signalIds };
    });
    await this.contributions.told(signalIds);
    return view;
  }
}

/** Waits for what the member is contributing: it is among what it takes back, and none of it is younger than its leaving. */
async function lockMembership(tx: Tx, listId: string, organisationId: string): Promise<void> {
  await tx.query(
    'select 1 from signal_list_member where list_id = $1 and organisation_id = $2 and left_at is null for update',
    [listId, organisationId],
  );
}

async function ownOn(tx: Tx, actor: Actor, listId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }[]>(
    'select id from signal_contribution where list_id = $1 and organisation_id = $2 and withdrawn_at is null',
    [listId, actor.organisationId],
  );
  return rows.map(({ id }) => id);
}

async function endMembership(tx: Tx, listId: string, organisationId: string, at: Date): Promise<void> {
  const [, ended] = await tx.query<[unknown[], number]>(
    'update signal_list_member set left_at = $3 where list_id = $1 and organisation_id = $2 and left_at is null',
    [listId, organisationId, at],
  );
  if (ended === 0) throw new DomainError('signal-list.not-member', { listId });
}

async function requireOrganisation(tx: Tx, id: string, actor: Actor): Promise<void> {
  const found = await tx.query<unknown[]>(`select 1 from organisation where id = $1 and status = 'active'`, [id]);
  if (found.length > 0 && id !== actor.organisationId) return;
  throw new DomainError('request.invalid', {}, [
    { pointer: '/organisationId', detail: 'there is no such other organisation that takes part' },
  ]);
}

async function tell(
  tx: Tx,
  actor: Actor,
  at: Date,
  kind: 'signal-list.member-added' | 'signal-list.member-left',
  row: ListRow,
  member: string,
  dims: Readonly<Record<string, string | boolean>>,
): Promise<void> {
  // Members do not learn of each other: the entry is for the owner and the one whom it is about.
  const audience = [...listAudience({ ...row, members: [] }), member];
  await append(tx, { kind, actor, at, subjects: { list: row.id, member }, dims, audience });
}
