import type { Receipted } from './api';
import type { components } from './openapi';
import type { Wire } from './wire';

type Schema = components['schemas'];

interface PageOf<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** The people of one's own organisation. */
export class People {
  constructor(private readonly wire: Wire) {}

  async list(): Promise<readonly Schema['PersonView'][]> {
    return this.wire.answer(this.wire.api.GET('/v1/people', {}), 'GET /v1/people');
  }

  async enrol(body: Schema['EnrolPersonDto']): Promise<Schema['PersonView'] & Receipted> {
    return this.wire.answer(this.wire.api.POST('/v1/people', { body }), 'POST /v1/people');
  }

  /** Changes one's own password and ends every session of one's own here. */
  async changePassword(body: Schema['ChangePasswordDto']): Promise<void> {
    await this.wire.answer(this.wire.api.POST('/v1/session/password', { body }), 'POST /v1/session/password');
  }
}

/** What waits for a second person. To agree, make the call that the first person made. */
export class Approvals {
  constructor(private readonly wire: Wire) {}

  async list(query: { limit?: number; cursor?: string } = {}): Promise<PageOf<Schema['ApprovalView']>> {
    return this.wire.answer(this.wire.api.GET('/v1/approvals', { params: { query } }), 'GET /v1/approvals');
  }

  async refuse(id: string, reason: string): Promise<Schema['ApprovalView'] & Receipted> {
    const call = this.wire.api.POST('/v1/approvals/{id}/refuse', { params: { path: { id } }, body: { reason } });
    return this.wire.answer(call, 'POST /v1/approvals/{id}/refuse');
  }
}

/** Where notices reach one's own organisation, in order. */
export class ContactPoints {
  constructor(private readonly wire: Wire) {}

  async list(): Promise<readonly Schema['ContactPointView'][]> {
    return this.wire.answer(this.wire.api.GET('/v1/contact-points', {}), 'GET /v1/contact-points');
  }

  async declare(body: Schema['DeclareContactPointDto']): Promise<Schema['ContactPointView'] & Receipted> {
    return this.wire.answer(this.wire.api.POST('/v1/contact-points', { body }), 'POST /v1/contact-points');
  }
}
