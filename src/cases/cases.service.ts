import { Injectable } from '@nestjs/common';
import { DomainError } from '../domain/errors';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor } from '../infra/database/work';
import { assertVersion } from '../infra/http/versions';
import type { Page, PageQuery } from '../infra/http/paging';
import { append } from '../ledger/append';
import { lockOpenCase } from './case-file';
import type {
  CaseQuery,
  CaseSummaryView,
  CaseView,
  CloseCaseDto,
  ItemView,
  MarkCaseDto,
  ReleaseItemDto,
} from './cases.dto';
import { CaseFile, ContentItem } from './cases.entity';
import { ITEM_COLUMNS, itemToView, listCases, listItems, readCase, type ItemRow } from './cases.queries';

@Injectable()
export class Cases {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  list(actor: Actor, query: CaseQuery): Promise<Page<CaseSummaryView>> {
    return this.work.read(actor, (tx) => listCases(tx, actor, query));
  }

  /** Who looks at a case is on the record: what stands in it may name people. */
  get(actor: Actor, id: string): Promise<CaseView> {
    return this.work.run(actor, async (tx) => {
      const view = await readCase(tx, id);
      const audience = [actor.organisationId];
      await append(tx, { kind: 'case.read', actor, at: this.clock.now(), subjects: { case: id }, audience });
      return view;
    });
  }

  /** Those that a case does not show at once; looking at them is on the record as well. */
  items(actor: Actor, id: string, query: PageQuery): Promise<Page<ItemView>> {
    return this.work.run(actor, async (tx) => {
      const page = await listItems(tx, id, query);
      const audience = [actor.organisationId];
      await append(tx, { kind: 'case.read', actor, at: this.clock.now(), subjects: { case: id }, audience });
      return page;
    });
  }

  /** Closes a case and its items: the same address is a new item from now on, linked to the old one. */
  close(actor: Actor, id: string, dto: CloseCaseDto): Promise<CaseView> {
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      const file = await lockOpenCase(tx, id);
      assertVersion(file.version, dto.version);
      await tx.update(ContentItem, { caseId: id }, { state: 'closed' });
      await tx.update(CaseFile, { id }, { state: 'closed', closedAt: at, version: file.version + 1 });
      await append(tx, {
        kind: 'case.closed',
        actor,
        at,
        subjects: { case: id },
        dims: { category: file.category, language: file.language },
        ...(dto.note ? { internal: { note: dto.note } } : {}),
        audience: [actor.organisationId],
      });
      return readCase(tx, id);
    });
  }

  /** Says what may be done about a case that the other side could notice. What is under way may still be seen. */
  mark(actor: Actor, id: string, { pap }: MarkCaseDto): Promise<CaseView> {
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      const file = await lockOpenCase(tx, id);
      await tx.update(CaseFile, { id }, { pap, version: file.version + 1 });
      const dims = { before: file.pap, pap };
      const audience = [actor.organisationId];
      await append(tx, { kind: 'case.marked', actor, at, subjects: { case: id }, dims, audience });
      return readCase(tx, id);
    });
  }

  /**
   * Lets something broad be referred after all. Anybody who opens cases may ask, with the reason; the second person, who
   * has looked, must be one who may release.
   */
  async release(actor: Actor, id: string, dto: ReleaseItemDto): Promise<ItemView> {
    await this.work.read(actor, async (tx) => {
      const item = await tx.findOneBy(ContentItem, { id });
      if (!item) throw new DomainError('request.not-found');
      if (item.state !== 'held') throw new DomainError('item.not-held', { state: item.state });
    });
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      if (!actor.permissions.has('item.release')) throw new DomainError('auth.not-permitted');
      const released = await tx.update(ContentItem, { id, state: 'held' }, { state: 'open', releasedAt: at });
      if (released.affected !== 1) throw new DomainError('item.not-held');
      const [row] = await tx.query<ItemRow[]>(`select ${ITEM_COLUMNS} where i.id = $1`, [id]);
      if (!row) throw new DomainError('request.not-found');
      await append(tx, {
        kind: 'item.released',
        actor,
        at,
        subjects: { case: row.caseId, item: id },
        dims: { breadth: row.heldBecause },
        internal: { reason: dto.reason },
        audience: [actor.organisationId],
      });
      return itemToView(row, false);
    });
  }
}
