import { openAsBlob } from 'node:fs';
import path from 'node:path';
import type { SignalType } from '../../src/domain/vocabulary';
import type * as Api from './api';
import type { Wire } from './wire';

/** A file of a case: from the disk, where it is streamed from, or from memory. */
export interface Attachment {
  readonly source: string | Uint8Array;
  /** What the file is called in the case; the last part of the path unless given. */
  readonly name?: string;
  /** Index of the item it belongs to. Left out: the only item, or the case alone. */
  readonly item?: number;
}

const nameOf = ({ source, name }: Attachment): string =>
  name ?? (typeof source === 'string' ? path.basename(source) : 'file');

/** Reads no content yet: a path becomes a blob that is read while it is sent. */
async function blobOf({ source }: Attachment): Promise<Blob> {
  return typeof source === 'string' ? openAsBlob(source) : new Blob([Uint8Array.from(source)]);
}

async function formOf(json: unknown, files: readonly Attachment[]): Promise<() => FormData> {
  const parts = await Promise.all(
    files.map(async (file) => ({
      field: file.item === undefined ? 'file' : `file[${file.item}]`,
      name: nameOf(file),
      blob: await blobOf(file),
    })),
  );
  return () => {
    const form = new FormData();
    if (json !== undefined) form.append('case', JSON.stringify(json));
    for (const { field, blob, name } of parts) form.append(field, blob, name);
    return form;
  };
}

export class Cases {
  constructor(private readonly wire: Wire) {}

  /** Opens a case. With files the request is multipart and the answer names each exhibit, its hashes and matches. */
  async open(body: Api.NewCase, files: readonly Attachment[] = []): Promise<Api.OpenedCase> {
    if (files.length > 0) return this.wire.multipart('/v1/cases', await formOf(body, files));
    return this.wire.answer(this.wire.api.POST('/v1/cases', { body }), 'POST /v1/cases');
  }

  async add(id: string, body: Api.NewItems, files: readonly Attachment[] = []): Promise<Api.OpenedCase> {
    if (files.length > 0)
      return this.wire.multipart(`/v1/cases/${encodeURIComponent(id)}/items`, await formOf(body, files));
    const call = this.wire.api.POST('/v1/cases/{id}/items', { params: { path: { id } }, body });
    return this.wire.answer(call, 'POST /v1/cases/{id}/items');
  }

  async list(query: { limit?: number; cursor?: string } = {}): Promise<Api.Page<Api.CaseSummary>> {
    return this.wire.answer(this.wire.api.GET('/v1/cases', { params: { query } }), 'GET /v1/cases');
  }

  async get(id: string): Promise<Api.CaseFile> {
    return this.wire.answer(this.wire.api.GET('/v1/cases/{id}', { params: { path: { id } } }), 'GET /v1/cases/{id}');
  }

  async close(id: string): Promise<Api.CaseFile> {
    const call = this.wire.api.POST('/v1/cases/{id}/close', { params: { path: { id } }, body: {} });
    return this.wire.answer(call, 'POST /v1/cases/{id}/close');
  }

  /** Asks to release a held item, or, as the second person, releases it. */
  async releaseItem(id: string, reason: string): Promise<Api.CaseItem | Api.AwaitingApproval> {
    const call = this.wire.api.POST('/v1/items/{id}/release', { params: { path: { id } }, body: { reason } });
    return this.wire.answer(call, 'POST /v1/items/{id}/release');
  }
}

export class Exhibits {
  constructor(private readonly wire: Wire) {}

  async get(id: string): Promise<Api.Exhibit> {
    return this.wire.answer(
      this.wire.api.GET('/v1/exhibits/{id}', { params: { path: { id } } }),
      'GET /v1/exhibits/{id}',
    );
  }

  async custody(id: string): Promise<Api.Custody> {
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

export class Signals {
  constructor(private readonly wire: Wire) {}

  async contribute(body: Api.NewSignal): Promise<Api.Signal> {
    return this.wire.answer(this.wire.api.POST('/v1/signals', { body }), 'POST /v1/signals');
  }

  async get(id: string): Promise<Api.Signal> {
    return this.wire.answer(
      this.wire.api.GET('/v1/signals/{id}', { params: { path: { id } } }),
      'GET /v1/signals/{id}',
    );
  }

  async withdraw(id: string, reason: string): Promise<Api.Signal> {
    const call = this.wire.api.POST('/v1/signals/{id}/withdraw', { params: { path: { id } }, body: { reason } });
    return this.wire.answer(call, 'POST /v1/signals/{id}/withdraw');
  }

  /** Every signal within `radius` bits (31 unless given) of a hash. */
  async match(type: SignalType, value: string, radius?: number): Promise<Api.Matches> {
    const query = radius === undefined ? { type, value } : { type, value, radius };
    return this.wire.answer(this.wire.api.GET('/v1/signals/match', { params: { query } }), 'GET /v1/signals/match');
  }

  /** Hashes a file on the server and matches every hash; the file is not kept. */
  async matchFile(file: Attachment): Promise<Api.FileMatches> {
    return this.wire.multipart('/v1/signals/match', await formOf(undefined, [file]));
  }
}
