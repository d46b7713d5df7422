import { randomUUID } from 'node:crypto';
import type { Category, Ideology, Pap, Tlp } from '../../src/domain/vocabulary';
import type { Page, Receipted } from './api';
import { formOf, type Attachment } from './attachment';
import type { Wire } from './wire';

/** The case that a list opens. */
export interface CaseOfList {
  readonly category: Category;
  readonly ideology: Ideology;
  readonly language?: string;
  readonly title?: string;
  readonly reasons?: string;
  readonly tlp?: Tlp;
  readonly pap?: Pap;
}

export interface BulkLine {
  /** In the file, from 1. */
  readonly line: number;
  readonly outcome: 'added' | 'joined' | 'held' | 'rejected';
  readonly itemId: string | null;
  readonly address: string | null;
  readonly platform: {
    readonly id: string;
    readonly name: string;
    readonly slug: string;
    readonly status: string;
  } | null;
  readonly code: string | null;
  readonly detail: string | null;
}

/** What became of a list. */
export interface BulkReport {
  readonly id: string;
  readonly caseId: string;
  readonly reference: string;
  readonly format: 'csv' | 'json_lines' | 'text';
  readonly state: 'receiving' | 'completed';
  readonly cutBecause: 'items' | 'bytes' | null;
  readonly lines: number;
  readonly added: number;
  readonly joined: number;
  readonly held: number;
  readonly rejected: number;
  readonly begunAt: string;
  readonly completedAt: string | null;
  readonly results: string;
  readonly rejectedLines: readonly BulkLine[];
}

/**
 * Long lists, from a file that ends with .csv, .jsonl or .txt. One key stands for one list: with the same key and list, what
 * broke off goes on where it broke, over every retry and after a restart of either side.
 */
export class Bulk {
  constructor(private readonly wire: Wire) {}

  /** Opens a case with up to 10,000 items. */
  async open(about: CaseOfList, list: Attachment, key: string = randomUUID()): Promise<BulkReport & Receipted> {
    return this.wire.multipart('/v1/cases/bulk', await formOf(about, [list]), key);
  }

  /** Adds them to an open case. */
  async add(caseId: string, list: Attachment, key: string = randomUUID()): Promise<BulkReport & Receipted> {
    return this.wire.multipart(`/v1/cases/${encodeURIComponent(caseId)}/bulk`, await formOf({}, [list]), key);
  }

  async get(id: string): Promise<BulkReport> {
    return this.wire.answer(this.wire.api.GET('/v1/bulk/{id}', { params: { path: { id } } }), 'GET /v1/bulk/{id}');
  }

  /** What became of each line, in their order. */
  async results(id: string, query: { limit?: number; cursor?: string } = {}): Promise<Page<BulkLine>> {
    const call = this.wire.api.GET('/v1/bulk/{id}/results', { params: { path: { id }, query } });
    return this.wire.answer(call, 'GET /v1/bulk/{id}/results');
  }
}
