import type { PolicyRule } from '../../src/domain/signal-policy';
import type { DisputeReason, DisputeState, MatchVerdict, SignalState, SignalType } from '../../src/domain/vocabulary';
import type { Page } from './api';
import { formOf, type Attachment } from './attachment';
import { itemsOf, type PageQuery } from './paging';
import type { BatchMatches, DryRun, FeedbackGiven, FileMatches, HashQuestion, Matches, Policy } from './match-api';
import type {
  ContributedBatch,
  ContributedExhibit,
  Dispute,
  DisputeWithSignal,
  NewBatch,
  NewExhibitSignals,
  NewList,
  NewSignal,
  Opinion,
  Retracted,
  Signal,
  SignalList,
} from './signal-api';
import type { Wire } from './wire';

/** Forms of a picture that are asked for as well: turned or mirrored, and without its bars. */
export type VariantKind = 'dihedral' | 'letterbox';

const one = (id: string): { params: { path: { id: string } } } => ({ params: { path: { id } } });

export class Signals {
  constructor(private readonly wire: Wire) {}

  async contribute(body: NewSignal): Promise<Signal> {
    return this.wire.answer(this.wire.api.POST('/v1/signals', { body }), 'POST /v1/signals');
  }

  /** Up to 10,000 hashes at once. A line at fault is refused with its reason and the others stand. */
  async contributeBatch(body: NewBatch): Promise<ContributedBatch> {
    return this.wire.answer(this.wire.api.POST('/v1/signals/batch', { body }), 'POST /v1/signals/batch');
  }

  /** The hashes of a preserved exhibit of one's own, so that copies of it are caught. */
  async contributeExhibit(exhibitId: string, body: NewExhibitSignals): Promise<ContributedExhibit> {
    const call = this.wire.api.POST('/v1/exhibits/{id}/signals', { ...one(exhibitId), body });
    return this.wire.answer(call, 'POST /v1/exhibits/{id}/signals');
  }

  async get(id: string): Promise<Signal> {
    return this.wire.answer(this.wire.api.GET('/v1/signals/{id}', one(id)), 'GET /v1/signals/{id}');
  }

  /** Of lists that one reads, newest first. `list` is an id. */
  async list(query: PageQuery & { list?: string; state?: SignalState; type?: SignalType } = {}): Promise<Page<Signal>> {
    return this.wire.answer(this.wire.api.GET('/v1/signals', { params: { query } }), 'GET /v1/signals');
  }

  /** Takes one's own contribution back, on one list or on all. */
  async withdraw(id: string, reason: string, listId?: string): Promise<Signal> {
    const body = listId === undefined ? { reason } : { reason, listId };
    const call = this.wire.api.POST('/v1/signals/{id}/withdraw', { ...one(id), body });
    return this.wire.answer(call, 'POST /v1/signals/{id}/withdraw');
  }

  /** Ends one's own contributions from a case, an exhibit or a notice whose order was annulled. */
  async retract(
    body: { note: string } & ({ caseId: string } | { exhibitId: string } | { noticeId: string }),
  ): Promise<Retracted> {
    const call = this.wire.api.POST('/v1/signals/retract', { body: { ...body, ground: 'order_annulled' } });
    return this.wire.answer(call, 'POST /v1/signals/retract');
  }

  /** Every signal within `radius` bits of a hash (31 for PDQ, 10 for blockhash unless given). */
  async match(type: SignalType, value: string, radius?: number): Promise<Matches> {
    const query = radius === undefined ? { type, value } : { type, value, radius };
    return this.wire.answer(this.wire.api.GET('/v1/signals/match', { params: { query } }), 'GET /v1/signals/match');
  }

  /** Up to 10,000 questions at once. */
  async matchBatch(queries: readonly HashQuestion[]): Promise<BatchMatches> {
    const call = this.wire.api.POST('/v1/signals/match/batch', { body: { queries } });
    return this.wire.answer(call, 'POST /v1/signals/match/batch');
  }

  /** Hashes a file on the server and matches every hash; the file is not kept. */
  async matchFile(file: Attachment, variants: readonly VariantKind[] = []): Promise<FileMatches> {
    const query = variants.length === 0 ? '' : `?variants=${variants.join(',')}`;
    return this.wire.multipart(`/v1/signals/match${query}`, await formOf(undefined, [file]));
  }

  async confirm(id: string, note?: string): Promise<Signal> {
    const body = { opinion: 'confirm' as const, ...(note === undefined ? {} : { note }) };
    return this.wire.answer(this.wire.api.POST('/v1/signals/{id}/opinion', { ...one(id), body }), 'POST /v1/signals/{id}/opinion'); // prettier-ignore
  }

  /** From then on it blocks nothing until a person has decided. */
  async dispute(id: string, reason: Exclude<DisputeReason, 'order_annulled'>, note?: string): Promise<Signal> {
    const body = { opinion: 'dispute' as const, reason, ...(note === undefined ? {} : { note }) };
    return this.wire.answer(this.wire.api.POST('/v1/signals/{id}/opinion', { ...one(id), body }), 'POST /v1/signals/{id}/opinion'); // prettier-ignore
  }

  /** Takes one's own opinion back, and the dispute that it opened. */
  async retractOpinion(id: string): Promise<Signal> {
    const call = this.wire.api.POST('/v1/signals/{id}/opinion/retract', one(id));
    return this.wire.answer(call, 'POST /v1/signals/{id}/opinion/retract');
  }

  /** Every opinion ever stated, newest first. */
  async opinions(id: string): Promise<{ readonly opinions: readonly Opinion[] }> {
    return this.wire.answer(this.wire.api.GET('/v1/signals/{id}/opinions', one(id)), 'GET /v1/signals/{id}/opinions');
  }

  /** What one's own organisation found a match to be; a later word takes the place of the one before. */
  async feedback(
    id: string,
    verdict: MatchVerdict,
    more: { note?: string; matchId?: string } = {},
  ): Promise<FeedbackGiven> {
    const call = this.wire.api.POST('/v1/signals/{id}/feedback', { ...one(id), body: { verdict, ...more } });
    return this.wire.answer(call, 'POST /v1/signals/{id}/feedback');
  }
}

/** Lists of hashes: what each is for, who answers for it and who takes part. */
export class SignalLists {
  constructor(private readonly wire: Wire) {}

  /** Those that one may read. */
  async list(query: PageQuery = {}): Promise<Page<SignalList>> {
    return this.wire.answer(this.wire.api.GET('/v1/signal-lists', { params: { query } }), 'GET /v1/signal-lists');
  }

  all(): AsyncGenerator<SignalList> {
    return itemsOf((query) => this.list(query), { limit: 200 });
  }

  async get(id: string): Promise<SignalList> {
    return this.wire.answer(this.wire.api.GET('/v1/signal-lists/{id}', one(id)), 'GET /v1/signal-lists/{id}');
  }

  async create(body: NewList): Promise<SignalList> {
    return this.wire.answer(this.wire.api.POST('/v1/signal-lists', { body }), 'POST /v1/signal-lists');
  }

  /** Lets an organisation in, or changes whether it may contribute. */
  async addMember(id: string, organisationId: string, mayContribute: boolean): Promise<SignalList> {
    const body = { organisationId, mayContribute };
    const call = this.wire.api.POST('/v1/signal-lists/{id}/members', { ...one(id), body });
    return this.wire.answer(call, 'POST /v1/signal-lists/{id}/members');
  }
}

export class SignalDisputes {
  constructor(private readonly wire: Wire) {}

  async list(query: PageQuery & { state?: DisputeState; signal?: string } = {}): Promise<Page<Dispute>> {
    return this.wire.answer(this.wire.api.GET('/v1/signal-disputes', { params: { query } }), 'GET /v1/signal-disputes');
  }

  async get(id: string): Promise<DisputeWithSignal> {
    return this.wire.answer(this.wire.api.GET('/v1/signal-disputes/{id}', one(id)), 'GET /v1/signal-disputes/{id}');
  }

  /** For a person who answers for the list, never of the organisation that disputes. */
  async resolve(id: string, outcome: 'upheld' | 'rejected', note: string): Promise<DisputeWithSignal> {
    const call = this.wire.api.POST('/v1/signal-disputes/{id}/resolve', { ...one(id), body: { outcome, note } });
    return this.wire.answer(call, 'POST /v1/signal-disputes/{id}/resolve');
  }
}

/** What one's own organisation wants done with matches. */
export class SignalPolicies {
  constructor(private readonly wire: Wire) {}

  /** Newest first. */
  async list(query: PageQuery = {}): Promise<Page<Policy>> {
    return this.wire.answer(this.wire.api.GET('/v1/signal-policies', { params: { query } }), 'GET /v1/signal-policies');
  }

  async current(): Promise<Policy> {
    return this.wire.answer(this.wire.api.GET('/v1/signal-policies/current', {}), 'GET /v1/signal-policies/current');
  }

  /** Decides nothing until it is put in force. */
  async draft(name: string, rules: readonly PolicyRule[]): Promise<Policy> {
    const call = this.wire.api.POST('/v1/signal-policies', { body: { name, rules } });
    return this.wire.answer(call, 'POST /v1/signal-policies');
  }

  /** What it would have done with the matches of yesterday, or of up to 31 days. Changes nothing. */
  async dryRun(id: string, period: { from?: string; to?: string } = {}): Promise<DryRun> {
    const call = this.wire.api.POST('/v1/signal-policies/{id}/dry-run', { ...one(id), body: period });
    return this.wire.answer(call, 'POST /v1/signal-policies/{id}/dry-run');
  }

  async enforce(id: string): Promise<Policy> {
    const call = this.wire.api.POST('/v1/signal-policies/{id}/enforce', one(id));
    return this.wire.answer(call, 'POST /v1/signal-policies/{id}/enforce');
  }
}
