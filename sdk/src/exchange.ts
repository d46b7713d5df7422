import type { Tlp } from '../../src/domain/vocabulary';
import type { Page, Receipted } from './api';
import { formOf, type Attachment } from './attachment';
import type { components } from './openapi';
import type { PageQuery } from './paging';
import type { Wire } from './wire';

type Schemas = components['schemas'];

/** Where hashes are taken from, and what came of it. */
export type ExchangeSource = Schemas['SourceView'] & Receipted;
export type NewExchangeSource = Omit<Schemas['SubscribeDto'], 'intervalSeconds' | 'credential'> &
  Partial<Pick<Schemas['SubscribeDto'], 'intervalSeconds' | 'credential'>>;
/** What became of the lines of a file. */
export type CsvReport = Schemas['CsvReport'] & Receipted;

/** With which a program of another fetches hashes, or gives them. */
export type ExchangeCredential = Schemas['ExchangeCredentialView'] & Receipted;
/** `secrets` are shown this once. */
export type NewExchangeCredential = Schemas['NewExchangeCredentialView'] & Receipted;

const one = (id: string): { params: { path: { id: string } } } => ({ params: { path: { id } } });

export class ExchangeSources {
  constructor(private readonly wire: Wire) {}

  async list(query: PageQuery = {}): Promise<Page<ExchangeSource>> {
    return this.wire.answer(
      this.wire.api.GET('/v1/exchange-sources', { params: { query } }),
      'GET /v1/exchange-sources',
    );
  }

  async get(id: string): Promise<ExchangeSource> {
    return this.wire.answer(this.wire.api.GET('/v1/exchange-sources/{id}', one(id)), 'GET /v1/exchange-sources/{id}');
  }

  /** Read every quarter of an hour unless told; its credential is sealed and never shown. */
  async follow({ intervalSeconds = 900, credential = {}, ...more }: NewExchangeSource): Promise<ExchangeSource> {
    const call = this.wire.api.POST('/v1/exchange-sources', { body: { intervalSeconds, credential, ...more } });
    return this.wire.answer(call, 'POST /v1/exchange-sources');
  }

  /** A CSV file of up to a million lines, once; each is judged by itself. */
  async takeFile(
    about: { name: string; listId: string; tlp: Tlp; acceptReviews: boolean },
    file: Attachment,
  ): Promise<CsvReport> {
    return this.wire.multipart('/v1/exchange-sources/csv', await formOf(about, [file], 'about'));
  }

  async pause(id: string): Promise<ExchangeSource> {
    const call = this.wire.api.POST('/v1/exchange-sources/{id}/pause', one(id));
    return this.wire.answer(call, 'POST /v1/exchange-sources/{id}/pause');
  }

  async resume(id: string): Promise<ExchangeSource> {
    const call = this.wire.api.POST('/v1/exchange-sources/{id}/resume', one(id));
    return this.wire.answer(call, 'POST /v1/exchange-sources/{id}/resume');
  }

  /** Has it read now. */
  async run(id: string): Promise<ExchangeSource> {
    const call = this.wire.api.POST('/v1/exchange-sources/{id}/run', one(id));
    return this.wire.answer(call, 'POST /v1/exchange-sources/{id}/run');
  }

  /** Takes nothing from it any more; what it brought goes on standing, or ends with it. */
  async remove(id: string, brought: 'keep' | 'retract'): Promise<ExchangeSource> {
    const call = this.wire.api.POST('/v1/exchange-sources/{id}/remove', { ...one(id), body: { brought } });
    return this.wire.answer(call, 'POST /v1/exchange-sources/{id}/remove');
  }
}

export class ExchangeCredentials {
  constructor(private readonly wire: Wire) {}

  async list(query: PageQuery = {}): Promise<Page<ExchangeCredential>> {
    const call = this.wire.api.GET('/v1/exchange-credentials', { params: { query } });
    return this.wire.answer(call, 'GET /v1/exchange-credentials');
  }

  async issue(body: Schemas['CreateExchangeCredentialDto']): Promise<NewExchangeCredential> {
    return this.wire.answer(this.wire.api.POST('/v1/exchange-credentials', { body }), 'POST /v1/exchange-credentials');
  }

  async revoke(id: string): Promise<ExchangeCredential> {
    const call = this.wire.api.POST('/v1/exchange-credentials/{id}/revoke', one(id));
    return this.wire.answer(call, 'POST /v1/exchange-credentials/{id}/revoke');
  }
}
