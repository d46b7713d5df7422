import type { Permission } from '../../src/domain/permissions';
import type { ApiKey, Organisation, Webhook } from './account-api';
import type { Page, Receipted } from './api';
import type { components } from './openapi';
import type { Wire } from './wire';

export class Organisations {
  constructor(private readonly wire: Wire) {}

  async list(query: { kind?: string; q?: string; limit?: number; cursor?: string } = {}): Promise<Page<Organisation>> {
    return this.wire.answer(this.wire.api.GET('/v1/organisations', { params: { query } }), 'GET /v1/organisations');
  }

  /** Admits an organisation with its first person. For the operator. */
  async register(body: components['schemas']['RegisterOrganisationDto']): Promise<Organisation & Receipted> {
    return this.wire.answer(this.wire.api.POST('/v1/organisations', { body }), 'POST /v1/organisations');
  }

  async get(id: string): Promise<Organisation> {
    const call = this.wire.api.GET('/v1/organisations/{id}', { params: { path: { id } } });
    return this.wire.answer(call, 'GET /v1/organisations/{id}');
  }

  async platforms(query: { host?: string; limit?: number; cursor?: string } = {}): Promise<Page<Organisation>> {
    return this.wire.answer(this.wire.api.GET('/v1/platforms', { params: { query } }), 'GET /v1/platforms');
  }
}

export class Platforms {
  constructor(private readonly wire: Wire) {}

  /** Says who is behind a provisional platform, so that notices can be sent to it. */
  async confirm(id: string, body: components['schemas']['ConfirmPlatformDto']): Promise<Organisation & Receipted> {
    const call = this.wire.api.POST('/v1/platforms/{id}/confirm', { params: { path: { id } }, body });
    return this.wire.answer(call, 'POST /v1/platforms/{id}/confirm');
  }
}

export class Webhooks {
  constructor(private readonly wire: Wire) {}

  /** The answer shows the signing secret (Standard Webhooks, `whsec_…`) this once. */
  async register(url: string): Promise<Webhook> {
    return this.wire.answer(this.wire.api.POST('/v1/webhooks', { body: { url } }), 'POST /v1/webhooks');
  }

  async list(): Promise<Page<Webhook>> {
    return this.wire.answer(this.wire.api.GET('/v1/webhooks', {}), 'GET /v1/webhooks');
  }

  async rotate(id: string): Promise<Webhook> {
    const call = this.wire.api.POST('/v1/webhooks/{id}/rotate', { params: { path: { id } } });
    return this.wire.answer(call, 'POST /v1/webhooks/{id}/rotate');
  }

  async disable(id: string): Promise<Webhook> {
    const call = this.wire.api.POST('/v1/webhooks/{id}/disable', { params: { path: { id } } });
    return this.wire.answer(call, 'POST /v1/webhooks/{id}/disable');
  }

  async test(id: string): Promise<Receipted> {
    const call = this.wire.api.POST('/v1/webhooks/{id}/test', { params: { path: { id } } });
    return this.wire.answer(call, 'POST /v1/webhooks/{id}/test');
  }
}

export class ApiKeys {
  constructor(private readonly wire: Wire) {}

  /** The answer shows the key this once. */
  async create(body: { name: string; permissions: readonly Permission[]; expiresAt: string }): Promise<ApiKey> {
    return this.wire.answer(this.wire.api.POST('/v1/api-keys', { body }), 'POST /v1/api-keys');
  }

  async list(): Promise<Page<ApiKey>> {
    return this.wire.answer(this.wire.api.GET('/v1/api-keys', {}), 'GET /v1/api-keys');
  }

  async revoke(id: string): Promise<ApiKey> {
    const call = this.wire.api.POST('/v1/api-keys/{id}/revoke', { params: { path: { id } } });
    return this.wire.answer(call, 'POST /v1/api-keys/{id}/revoke');
  }
}
