import { Injectable } from '@nestjs/common';
import { Work, type Tx } from '../../../infra/database/work';
import type { Subscriber } from '../credentials/credential';
import { changesAfter, type ChangePage, type Following } from './changes.query';
import type { Position } from './position';
import { ExchangeScopes } from './scopes.service';

/**
 * The change log as every protocol reads it: page by page, each in a transaction of its own, and in the turn of the organisation
 * whose program asks.
 */
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
    return { subscriberId: subscriber.id, organisationId: subscriber.actor.organisationId, lists, chosen };
  }

  page(following: Following, from: Position | null, limit: number): Promise<ChangePage> {
    return this.read(following, (tx) => changesAfter(tx, following, from, limit));
  }

  read<T>({ organisationId }: Pick<Following, 'organisationId'>, query: (tx: Tx) => Promise<T>): Promise<T> {
    return this.work.asWorkerFor(organisationId, query);
  }
}
