import { Injectable } from '@nestjs/common';
import { Work, type Tx } from '../../../infra/database/work';
import type { Subscriber } from '../credentials/credential';
import { changesAfter, type ChangePage, type Following } from './changes.query';
import type { Position } from './position';
import { ExchangeScopes } from './scopes.service';

/** The change log as every protocol reads it: page by page, each in a transaction of its own. */
@Injectable()
export class ExchangeChanges {
  constructor(
    private readonly work: Work,
    private readonly scopes: ExchangeScopes,
  ) {}

  /** What the subscriber is served at this moment: all its lists, or those chosen of them. */
  async following(subscriber: Subscriber, chosen: readonly string[] | null): Promise<Following> {
    const served = await this.scopes.listsOf(subscriber);
    const lists = chosen ? served.filter((id) => chosen.includes(id)) : served;
    return { subscriberId: subscriber.id, lists, chosen };
  }

  page(following: Following, from: Position | null, limit: number): Promise<ChangePage> {
    return this.work.asWorker((tx) => changesAfter(tx, following, from, limit));
  }

  read<T>(query: (tx: Tx) => Promise<T>): Promise<T> {
    return this.work.asWorker(query);
  }
}
