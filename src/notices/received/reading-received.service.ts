import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import type { FormLanguage } from '../../domain/forms/languages';
import { Work, type Actor } from '../../infra/database/work';
import { formatCursor, parseCursor, type Page } from '../../infra/http/paging';
import { plainTextOf } from './plain-text';
import type { ReceivedFormView, ReceivedOrderDetailView, ReceivedOrderView, ReceivedQuery } from './received.dto';
import { detailOf, listReceived, receivedOf, viewsOf } from './received.queries';

/** What a platform received outside of this installation. Nobody else reads it, the operator neither. */
@Injectable()
export class ReadingReceived {
  constructor(private readonly work: Work) {}

  /** Last handed in first. */
  list(actor: Actor, query: ReceivedQuery): Promise<Page<ReceivedOrderView>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      const rows = await listReceived(tx, query, after);
      const shown = rows.slice(0, query.limit);
      const last = shown.at(-1);
      const next = rows.length > query.limit && last ? formatCursor({ at: last.handed_in_at, id: last.id }) : null;
      return { items: await viewsOf(tx, shown), next };
    });
  }

  get(actor: Actor, id: string): Promise<ReceivedOrderDetailView> {
    return this.work.read(actor, (tx) => detailOf(tx, id));
  }

  /** @throws DomainError `received-order.no-form` */
  form(actor: Actor, id: string): Promise<ReceivedFormView> {
    return this.work.read(actor, async (tx) => {
      const { form, jws } = await receivedOf(tx, id);
      if (!form) throw new DomainError('received-order.no-form');
      return { form: { ...form }, jws };
    });
  }

  /** @throws DomainError `received-order.no-form` */
  text(actor: Actor, id: string, language: FormLanguage): Promise<string> {
    return this.work.read(actor, async (tx) => {
      const { form } = await receivedOf(tx, id);
      if (!form) throw new DomainError('received-order.no-form');
      return plainTextOf(form, language);
    });
  }
}
