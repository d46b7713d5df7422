import type {
  ManifestError,
  ReceivedReason,
  ReceivedState,
  Refutation,
  StatedChannel,
} from '../../src/domain/received-orders';
import type { Page, Receipted } from './api';
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

  list(query: PageQuery & { readonly state?: ReceivedState } = {}): Promise<Page<ReceivedOrder>> {
    const words = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as [string, string]],
    );
    const search = new URLSearchParams(words).toString();
    return this.read(`/v1/received-orders${search === '' ? '' : `?${search}`}`);
  }

  get(id: string): Promise<ReceivedOrder> {
    return this.read(`/v1/received-orders/${encodeURIComponent(id)}`);
  }

  /** The form as text to be read by a person. */
  async text(id: string): Promise<string> {
    const response = await this.wire.exchange(`/v1/received-orders/${encodeURIComponent(id)}/text`, { method: 'GET' });
    return response.text();
  }

  /** Asks for the second person, or is it: then the order, otherwise null. */
  async genuine(id: string, body: Genuine): Promise<ReceivedOrder | null> {
    const answer = await this.send<ReceivedOrder | { readonly approval: object }>(id, 'genuine', body);
    return 'approval' in answer ? null : answer;
  }

  notGenuine(id: string, refutations: readonly Refutation[], reason: string): Promise<ReceivedOrder> {
    return this.send(id, 'not-genuine', { refutations, reason });
  }

  private async send<T>(id: string, verb: string, body: object): Promise<T> {
    const path = `/v1/received-orders/${encodeURIComponent(id)}/${verb}`;
    const headers = { 'content-type': 'application/json' };
    const response = await this.wire.exchange(path, { method: 'POST', headers, body: () => JSON.stringify(body) });
    const answer = response.json().then((data: unknown) => ({ data }));
    return this.wire.answer(answer, `POST /v1/received-orders/{id}/${verb}`);
  }

  private async read<T>(path: string): Promise<T> {
    const response = await this.wire.exchange(path, { method: 'GET' });
    return (await response.json()) as T;
  }
}
