import type { AwaitingApproval, Page } from './api';
import type { CaseFile, CaseItem, CaseSummary, Custody, Exhibit, NewCase, NewItems, OpenedCase } from './case-api';
import { formOf, type Attachment } from './attachment';
import type { Wire } from './wire';

export class Cases {
  constructor(private readonly wire: Wire) {}

  /** Opens a case. With files the request is multipart and the answer names each exhibit, its hashes and matches. */
  async open(body: NewCase, files: readonly Attachment[] = []): Promise<OpenedCase> {
    if (files.length > 0) return this.wire.multipart('/v1/cases', await formOf(body, files));
    return this.wire.answer(this.wire.api.POST('/v1/cases', { body }), 'POST /v1/cases');
  }

  async add(id: string, body: NewItems, files: readonly Attachment[] = []): Promise<OpenedCase> {
    if (files.length > 0)
      return this.wire.multipart(`/v1/cases/${encodeURIComponent(id)}/items`, await formOf(body, files));
    const call = this.wire.api.POST('/v1/cases/{id}/items', { params: { path: { id } }, body });
    return this.wire.answer(call, 'POST /v1/cases/{id}/items');
  }

  async list(query: { limit?: number; cursor?: string } = {}): Promise<Page<CaseSummary>> {
    return this.wire.answer(this.wire.api.GET('/v1/cases', { params: { query } }), 'GET /v1/cases');
  }

  async get(id: string): Promise<CaseFile> {
    return this.wire.answer(this.wire.api.GET('/v1/cases/{id}', { params: { path: { id } } }), 'GET /v1/cases/{id}');
  }

  /** A page of its items, in the order in which they came in. `get` has the first, and the cursor of the next. */
  async items(id: string, query: { limit?: number; cursor?: string } = {}): Promise<Page<CaseItem>> {
    const call = this.wire.api.GET('/v1/cases/{id}/items', { params: { path: { id }, query } });
    return this.wire.answer(call, 'GET /v1/cases/{id}/items');
  }

  async close(id: string): Promise<CaseFile> {
    const call = this.wire.api.POST('/v1/cases/{id}/close', { params: { path: { id } }, body: {} });
    return this.wire.answer(call, 'POST /v1/cases/{id}/close');
  }

  /** Asks to release a held item, or, as the second person, releases it. */
  async releaseItem(id: string, reason: string): Promise<CaseItem | AwaitingApproval> {
    const call = this.wire.api.POST('/v1/items/{id}/release', { params: { path: { id } }, body: { reason } });
    return this.wire.answer(call, 'POST /v1/items/{id}/release');
  }
}

export class Exhibits {
  constructor(private readonly wire: Wire) {}

  async get(id: string): Promise<Exhibit> {
    return this.wire.answer(
      this.wire.api.GET('/v1/exhibits/{id}', { params: { path: { id } } }),
      'GET /v1/exhibits/{id}',
    );
  }

  async custody(id: string): Promise<Custody> {
    const call = this.wire.api.GET('/v1/exhibits/{id}/custody', { params: { path: { id } } });
    return this.wire.answer(call, 'GET /v1/exhibits/{id}/custody');
  }

  /** The bytes. Looking is recorded with its justification before the first of them leaves. */
  async view(id: string, justification: string): Promise<ReadableStream<Uint8Array>> {
    const response = await this.wire.exchange(`/v1/exhibits/${encodeURIComponent(id)}/view`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/octet-stream' },
      body: () => JSON.stringify({ justification }),
    });
    return response.body ?? new ReadableStream({ start: (controller) => controller.close() });
  }
}
