import { Injectable } from '@nestjs/common';
import { Work, type Actor } from '../infra/database/work';
import { formatCursor, parseCursor, type Page } from '../infra/http/paging';
import type { NoticeView } from './notice.view';
import type { NoticeQuery } from './notices.dto';
import { listIds, viewOf, viewsOf } from './notices.queries';

@Injectable()
export class Reading {
  constructor(private readonly work: Work) {}

  get(actor: Actor, id: string): Promise<NoticeView> {
    return this.work.read(actor, (tx) => viewOf(tx, actor, id));
  }

  /** One's own notices and those sent to one, newest first. */
  list(actor: Actor, query: NoticeQuery): Promise<Page<NoticeView>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      const rows = await listIds(tx, actor, query, after);
      const shown = rows.slice(0, query.limit);
      const last = shown.at(-1);
      return {
        items: await viewsOf(
          tx,
          actor,
          shown.map((row) => row.id),
        ),
        next: rows.length > query.limit && last ? formatCursor(last) : null,
      };
    });
  }
}
