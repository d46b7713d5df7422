import { Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../domain/errors';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { pageOf, parseCursor, type Page as PageOf, type PageQuery } from '../../infra/http/paging';
import { append } from '../../ledger/append';
import { ContactPoint } from '../deliveries.entity';
import { Calling } from './calling.service';
import type { PagerTestView, PagerView, PageView, RegisterPagerDto } from './pagers.dto';
import { Page, PageAttempt, Pager } from './pagers.entity';
import { settingsOf } from './settings';

const MOST = 50;
const TEST_TEXT = 'Clepsydra: test';

const toView = (pager: Pager): PagerView => ({
  id: pager.id,
  kind: pager.kind,
  label: pager.label,
  personId: pager.personId,
  createdAt: pager.createdAt.toISOString(),
  removedAt: pager.removedAt?.toISOString() ?? null,
});

@Injectable()
export class Pagers {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly calling: Calling,
  ) {}

  list(actor: Actor): Promise<PagerView[]> {
    return this.work.read(actor, async (tx) =>
      (await tx.find(Pager, { where: { removedAt: IsNull() }, order: { createdAt: 'asc', id: 'asc' } })).map(toView),
    );
  }

  async register(actor: Actor, { kind, label, personId, settings: given }: RegisterPagerDto): Promise<PagerView> {
    const settings = settingsOf(kind, given);
    await this.calling.requireCallable(settings);
    const id = uuidv7();
    const { keyId, wrapped } = await this.calling.seal(id, settings);
    return this.work.run(actor, async (tx) => {
      if ((await tx.countBy(Pager, { removedAt: IsNull() })) >= MOST) throw new DomainError('pager.too-many');
      if (personId) await requireMember(tx, actor, personId);
      const at = this.clock.now();
      const pager: Pager = {
        id,
        organisationId: actor.organisationId,
        personId: personId ?? null,
        kind,
        label,
        keyId,
        settingsWrapped: Buffer.from(wrapped),
        createdAt: at,
        removedAt: null,
      };
      await tx.insert(Pager, pager);
      await append(tx, { kind: 'pager.registered', actor, at, subjects: { pager: id }, dims: { kind }, audience: [] });
      return toView(pager);
    });
  }

  /** Says no more than that it is a test, now, and says what came of it. */
  async test(actor: Actor, id: string): Promise<PagerTestView> {
    const pager = await this.work.read(actor, (tx) => tx.findOneBy(Pager, { id, removedAt: IsNull() }));
    if (!pager) throw new DomainError('request.not-found');
    const came = await this.calling.call(pager, { id: uuidv7(), text: TEST_TEXT, priority: 'normal' });
    return { sent: came.outcome === 'sent', status: came.status, problem: came.problem };
  }

  /** Takes it out of use, as a contact point too. */
  remove(actor: Actor, id: string): Promise<PagerView> {
    return this.work.run(actor, async (tx) => {
      const pager = await tx.findOne(Pager, {
        where: { id, removedAt: IsNull() },
        lock: { mode: 'pessimistic_write' },
      });
      if (!pager) throw new DomainError('request.not-found');
      const at = this.clock.now();
      await tx.update(Pager, { id }, { removedAt: at });
      await tx.update(ContactPoint, { pagerId: id, removedAt: IsNull() }, { removedAt: at });
      await append(tx, { kind: 'pager.removed', actor, at, subjects: { pager: id }, audience: [] });
      return toView(Object.assign(pager, { removedAt: at }));
    });
  }

  /** What one's own pagers were called for, and every attempt, newest first. */
  pages(actor: Actor, { limit, cursor }: PageQuery): Promise<PageOf<PageView>> {
    const after = parseCursor(cursor);
    return this.work.read(actor, async (tx) => {
      const query = tx
        .createQueryBuilder(Page, 'p')
        .orderBy('p.createdAt', 'DESC')
        .addOrderBy('p.id', 'DESC')
        .take(limit + 1);
      if (after) query.where('(p.createdAt, p.id) < (:at, :id)', { ...after });
      const rows = await query.getMany();
      const attempts = await tx.find(PageAttempt, {
        where: { pageId: In(rows.map(({ id }) => id)) },
        order: { attemptNo: 'asc' },
      });
      const byPage = Map.groupBy(attempts, ({ pageId }) => pageId);
      const keyOf = ({ createdAt, id }: Page) => ({ at: createdAt, id });
      return pageOf(rows, limit, keyOf, (row) => pageView(row, byPage.get(row.id) ?? []));
    });
  }
}

async function requireMember(tx: Tx, { organisationId }: Actor, personId: string): Promise<void> {
  const members = await tx.query<unknown[]>(
    `select 1 from membership where organisation_id = $1 and person_id = $2 and ended_at is null`,
    [organisationId, personId],
  );
  if (members.length === 0) throw new DomainError('pager.person-unknown');
}

const pageView = (row: Page, attempts: readonly PageAttempt[]): PageView => ({
  id: row.id,
  pagerId: row.pagerId,
  text: row.text,
  priority: row.priority,
  state: row.state,
  createdAt: row.createdAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
  attempts: attempts.map(({ attemptNo, at, outcome, status, problem }) => ({
    attempt: attemptNo,
    at: at.toISOString(),
    outcome,
    status,
    problem,
  })),
});
