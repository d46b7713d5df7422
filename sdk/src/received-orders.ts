import type {
  ManifestError,
  ReceivedReason,
  ReceivedState,
  Refutation,
  StatedChannel,
} from '../../src/domain/received-orders';
import type { AwaitingApproval, Page, Receipted } from './api';
import { formOf, type Attachment } from './attachment';
import type { PageQuery } from './paging';
import type { Wire } from './wire';

/** What the platform says of an order that reached it outside. */
export interface Handing {
  readonly channel: StatedChannel;
  /** Default: now. */
  readonly receivedAt?: Date;
  /** The detached signature, where it does not lie in the file. */
  readonly jws?: string;
}

/** An authority of the register: its telephone number is the one to call, not that of the order. */
export interface RegisteredIssuer {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  readonly telephone: string;
  readonly contactPoint: string;
}

export interface ReceivedOrder {
  readonly id: string;
  readonly state: ReceivedState;
  readonly reasons: readonly ReceivedReason[];
  readonly errors: readonly ManifestError[];
  readonly faults: readonly { readonly pointer: string; readonly detail: string }[];
  readonly statedChannel: StatedChannel;
  readonly statedReceiptAt: string | null;
  readonly handedInAt: string;
  /** The earlier of the two. */
  readonly receivedAt: string;
  readonly documentKind: 'json' | 'pdf';
  readonly documentSha256: string;
  /** What the form says of itself, unverified. */
  readonly claims: {
    readonly authority: string;
    readonly memberState: string;
    readonly reference: string;
    readonly issuedAt: string;
    readonly addressee: string;
    readonly targets: number;
  } | null;
  readonly kid: string | null;
  readonly isVerified: boolean;
  readonly authority: RegisteredIssuer | null;
  /** While it waits for people: the hour as it runs if it is genuine. */
  readonly ifGenuine: { readonly receivedAt: string; readonly dueAt: string } | null;
  readonly decision: {
    readonly decidedAt: string;
    readonly reason: string;
    readonly refutations: readonly Refutation[];
  } | null;
  /** The notice that it became. */
  readonly noticeId: string | null;
}

export interface Genuine {
  readonly authorityId: string;
  /** Base64url; later orders of this key are recognised. */
  readonly publicKey?: string;
  readonly reason: string;
}

/** Removal orders that reached a platform outside of the installation: by mail, from another one, on paper. */
export class ReceivedOrders {
  constructor(private readonly wire: Wire) {}

  /** Hands in the PDF or the JSON as it was received. The same form again is the same order. */
  async handIn(file: Attachment, { channel, receivedAt, jws }: Handing): Promise<ReceivedOrder & Receipted> {
    const order = {
      channel,
      ...(receivedAt ? { receivedAt: receivedAt.toISOString() } : {}),
      ...(jws === undefined ? {} : { jws }),
    };
    return this.wire.multipart('/v1/received-orders', await formOf(order, [file], 'order'));
  }

  async list(query: PageQuery & { readonly state?: ReceivedState } = {}): Promise<Page<ReceivedOrder>> {
    return this.wire.answer(this.wire.api.GET('/v1/received-orders', { params: { query } }), 'GET /v1/received-orders');
  }

  async get(id: string): Promise<ReceivedOrder> {
    const call = this.wire.api.GET('/v1/received-orders/{id}', { params: { path: { id } } });
    return this.wire.answer(call, 'GET /v1/received-orders/{id}');
  }

  /** The form as text to be read by a person. */
  async text(id: string): Promise<string> {
    const response = await this.wire.exchange(`/v1/received-orders/${encodeURIComponent(id)}/text`, { method: 'GET' });
    return response.text();
  }

  /** Asks for the second person, or is it: then the order, otherwise null. */
  async genuine(id: string, body: Genuine): Promise<ReceivedOrder | null> {
    const call = this.wire.api.POST('/v1/received-orders/{id}/genuine', { params: { path: { id } }, body });
    const route = 'POST /v1/received-orders/{id}/genuine';
    const answer = await this.wire.answer<ReceivedOrder | AwaitingApproval>(call, route);
    return 'approval' in answer ? null : answer;
  }

  async notGenuine(id: string, refutations: readonly Refutation[], reason: string): Promise<ReceivedOrder> {
    const options = { params: { path: { id } }, body: { refutations, reason } };
    const call = this.wire.api.POST('/v1/received-orders/{id}/not-genuine', options);
    return this.wire.answer(call, 'POST /v1/received-orders/{id}/not-genuine');
  }
}
