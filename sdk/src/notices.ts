import type { NoticeState } from '../../src/domain/notice-lifecycle';
import type * as Api from './api';
import type { components } from './openapi';
import { itemsOf, type PageQuery } from './paging';
import type { Wire } from './wire';

export interface NoticeQuery extends PageQuery {
  readonly box?: Api.Box;
  readonly state?: NoticeState;
}

/** `version`, where it is given, refuses a change that was decided on a state that is no longer there. */
export class Notices {
  constructor(private readonly wire: Wire) {}

  async draft(body: Api.NewNotice): Promise<Api.Notice> {
    return this.wire.answer(this.wire.api.POST('/v1/notices', { body }), 'POST /v1/notices');
  }

  async get(id: string): Promise<Api.Notice> {
    return this.wire.answer(
      this.wire.api.GET('/v1/notices/{id}', { params: { path: { id } } }),
      'GET /v1/notices/{id}',
    );
  }

  async list(query: NoticeQuery = {}): Promise<Api.Page<Api.Notice>> {
    return this.wire.answer(this.wire.api.GET('/v1/notices', { params: { query } }), 'GET /v1/notices');
  }

  /** Every notice of a box, newest first, page by page. */
  all(query: NoticeQuery = {}): AsyncGenerator<Api.Notice> {
    return itemsOf((page: NoticeQuery) => this.list(page), query);
  }

  async send(id: string, version?: number): Promise<Api.Notice> {
    const call = this.wire.api.POST('/v1/notices/{id}/send', { params: { path: { id } }, body: withVersion(version) });
    return this.wire.answer(call, 'POST /v1/notices/{id}/send');
  }

  async acknowledge(id: string, version?: number): Promise<Api.Notice> {
    const options = { params: { path: { id } }, body: withVersion(version) };
    const call = this.wire.api.POST('/v1/notices/{id}/acknowledge', options);
    return this.wire.answer(call, 'POST /v1/notices/{id}/acknowledge');
  }

  async answer(id: string, answers: readonly Api.ItemAnswer[], version?: number): Promise<Api.Notice> {
    const options = { params: { path: { id } }, body: { answers, ...withVersion(version) } };
    return this.wire.answer(this.wire.api.POST('/v1/notices/{id}/answer', options), 'POST /v1/notices/{id}/answer');
  }

  async withdraw(id: string, reason: string, version?: number): Promise<Api.Notice> {
    const options = { params: { path: { id } }, body: { reason, ...withVersion(version) } };
    return this.wire.answer(this.wire.api.POST('/v1/notices/{id}/withdraw', options), 'POST /v1/notices/{id}/withdraw');
  }

  /** Each channel that was tried for a notice of one's own, with every attempt. */
  async deliveries(id: string): Promise<readonly components['schemas']['DeliveryView'][]> {
    const call = this.wire.api.GET('/v1/notices/{id}/deliveries', { params: { path: { id } } });
    return this.wire.answer(call, 'GET /v1/notices/{id}/deliveries');
  }

  async close(id: string, version?: number): Promise<Api.Notice> {
    const call = this.wire.api.POST('/v1/notices/{id}/close', { params: { path: { id } }, body: withVersion(version) });
    return this.wire.answer(call, 'POST /v1/notices/{id}/close');
  }
}

const withVersion = (version: number | undefined): { version?: number } => (version === undefined ? {} : { version });
