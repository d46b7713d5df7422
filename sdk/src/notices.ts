import type { NoticeState } from '../../src/domain/notice-lifecycle';
import type { Page } from './api';
import type { Box, ItemAnswer, NewNotice, Notice } from './notice-api';
import type { components } from './openapi';
import { itemsOf, type PageQuery } from './paging';
import type { Wire } from './wire';

export interface NoticeQuery extends PageQuery {
  readonly box?: Box;
  readonly state?: NoticeState;
}

/** `version`, where it is given, refuses a change that was decided on a state that is no longer there. */
export class Notices {
  constructor(private readonly wire: Wire) {}

  async draft(body: NewNotice): Promise<Notice> {
    return this.wire.answer(this.wire.api.POST('/v1/notices', { body }), 'POST /v1/notices');
  }

  async get(id: string): Promise<Notice> {
    return this.wire.answer(
      this.wire.api.GET('/v1/notices/{id}', { params: { path: { id } } }),
      'GET /v1/notices/{id}',
    );
  }

  async list(query: NoticeQuery = {}): Promise<Page<Notice>> {
    return this.wire.answer(this.wire.api.GET('/v1/notices', { params: { query } }), 'GET /v1/notices');
  }

  /** Every notice of a box, newest first, page by page. */
  all(query: NoticeQuery = {}): AsyncGenerator<Notice> {
    return itemsOf((page: NoticeQuery) => this.list(page), query);
  }

  async send(id: string, version?: number): Promise<Notice> {
    const call = this.wire.api.POST('/v1/notices/{id}/send', { params: { path: { id } }, body: withVersion(version) });
    return this.wire.answer(call, 'POST /v1/notices/{id}/send');
  }

  /** Calls back a notice that was let go and has not left yet. */
  async undo(id: string, version?: number): Promise<Notice> {
    const call = this.wire.api.POST('/v1/notices/{id}/undo', { params: { path: { id } }, body: withVersion(version) });
    return this.wire.answer(call, 'POST /v1/notices/{id}/undo');
  }

  /**
   * Asks for the signature of an order, or gives it as the second person: then the notice, otherwise null.
   * @param reason read by the second person; whoever asks gives one
   */
  async sign(id: string, reason?: string): Promise<Notice | null> {
    const options = { params: { path: { id } }, body: reason === undefined ? {} : { reason } };
    const call = this.wire.api.POST('/v1/notices/{id}/sign', options);
    const answer = await this.wire.answer<Notice | { readonly approval: object }>(call, 'POST /v1/notices/{id}/sign');
    return 'approval' in answer ? null : answer;
  }

  /** Annex III, Art. 3(7): `since` when it began to keep you from acting; default: now. */
  async impossible(id: string, explanation: string, since?: Date): Promise<Notice> {
    const body = { explanation, ...(since ? { since: since.toISOString() } : {}) };
    const call = this.wire.api.POST('/v1/notices/{id}/impossible', { params: { path: { id } }, body });
    return this.wire.answer(call, 'POST /v1/notices/{id}/impossible');
  }

  /** What kept you from acting ceased at `ceasedAt`; default: now. The full hour runs again from then. */
  async possibleAgain(id: string, ceasedAt?: Date): Promise<Notice> {
    const body = ceasedAt ? { ceasedAt: ceasedAt.toISOString() } : {};
    const call = this.wire.api.POST('/v1/notices/{id}/possible-again', { params: { path: { id } }, body });
    return this.wire.answer(call, 'POST /v1/notices/{id}/possible-again');
  }

  /** Annex III, Art. 3(8). */
  async askClarification(
    id: string,
    asked: {
      readonly ground: 'manifest_errors' | 'insufficient_information';
      readonly explanation: string;
      readonly needed: string;
    },
  ): Promise<Notice> {
    const options = { params: { path: { id } }, body: asked };
    const call = this.wire.api.POST('/v1/notices/{id}/ask-clarification', options);
    return this.wire.answer(call, 'POST /v1/notices/{id}/ask-clarification');
  }

  async clarify(id: string, clarification: string): Promise<Notice> {
    const options = { params: { path: { id } }, body: { clarification } };
    return this.wire.answer(this.wire.api.POST('/v1/notices/{id}/clarify', options), 'POST /v1/notices/{id}/clarify');
  }

  async acknowledge(id: string, version?: number): Promise<Notice> {
    const options = { params: { path: { id } }, body: withVersion(version) };
    const call = this.wire.api.POST('/v1/notices/{id}/acknowledge', options);
    return this.wire.answer(call, 'POST /v1/notices/{id}/acknowledge');
  }

  async answer(id: string, answers: readonly ItemAnswer[], version?: number): Promise<Notice> {
    const options = { params: { path: { id } }, body: { answers, ...withVersion(version) } };
    return this.wire.answer(this.wire.api.POST('/v1/notices/{id}/answer', options), 'POST /v1/notices/{id}/answer');
  }

  async withdraw(id: string, reason: string, version?: number): Promise<Notice> {
    const options = { params: { path: { id } }, body: { reason, ...withVersion(version) } };
    return this.wire.answer(this.wire.api.POST('/v1/notices/{id}/withdraw', options), 'POST /v1/notices/{id}/withdraw');
  }

  /** Each channel that was tried for a notice of one's own, with every attempt. */
  async deliveries(id: string): Promise<readonly components['schemas']['DeliveryView'][]> {
    const call = this.wire.api.GET('/v1/notices/{id}/deliveries', { params: { path: { id } } });
    return this.wire.answer(call, 'GET /v1/notices/{id}/deliveries');
  }

  async close(id: string, version?: number): Promise<Notice> {
    const call = this.wire.api.POST('/v1/notices/{id}/close', { params: { path: { id } }, body: withVersion(version) });
    return this.wire.answer(call, 'POST /v1/notices/{id}/close');
  }
}

const withVersion = (version: number | undefined): { version?: number } => (version === undefined ? {} : { version });
