import { ApiKeys, Organisations, Platforms, Webhooks } from './administration';
import type { OpenedSession, Session, SignIn } from './account-api';
import type { PendingReceipt, Receipt } from './api';
import type { Figures } from './ledger-api';
import { Bulk } from './bulk';
import { Cases, Exhibits } from './casework';
import { NetworkError, ProblemError, VerificationError } from './errors';
import { ExchangeCredentials, ExchangeSources } from './exchange';
import { Feed, Ledger } from './ledger';
import { Notices } from './notices';
import { Approvals, ContactPoints, People } from './people';
import { ReceivedOrders } from './received-orders';
import type { ReceiptStore } from './receipt-store';
import { SignalDisputes, SignalLists, SignalPolicies, Signals } from './signals';
import { verifyReceipts, type ReceiptReport } from './verify-receipts';
import { Wire, type WireOptions } from './wire';
import { Witness } from './witness';

export interface ClepsydraOptions extends Omit<WireOptions, 'onReceipt'> {
  /** Where receipts are kept and checked against; left out, they are neither. */
  readonly receipts?: ReceiptStore;
  /** The organisation that the token acts for, noted with each receipt. */
  readonly organisationId?: string;
  /** Called once, when the key of a server is kept for the first time. */
  readonly onPinned?: (key: string) => void;
  /** Called when a receipt was kept but the server could not be asked whether its checkpoint follows the last. */
  readonly onUnchecked?: (reason: string) => void;
}

/**
 * One account on one server. Every method throws ProblemError when the server refuses, NetworkError when it is not
 * heard, and VerificationError when a receipt does not hold (the request was then carried out all the same).
 */
export class Clepsydra {
  readonly wire: Wire;
  readonly cases: Cases;
  readonly bulk: Bulk;
  readonly exhibits: Exhibits;
  readonly signals: Signals;
  readonly signalLists: SignalLists;
  readonly signalDisputes: SignalDisputes;
  readonly signalPolicies: SignalPolicies;
  readonly exchangeSources: ExchangeSources;
  readonly exchangeCredentials: ExchangeCredentials;
  readonly notices: Notices;
  readonly receivedOrders: ReceivedOrders;
  readonly feed: Feed;
  readonly ledger: Ledger;
  readonly organisations: Organisations;
  readonly platforms: Platforms;
  readonly people: People;
  readonly approvals: Approvals;
  readonly contactPoints: ContactPoints;
  readonly webhooks: Webhooks;
  readonly apiKeys: ApiKeys;
  /** Null without a receipt store. */
  readonly witness: Witness | null;
  #organisationId: string | null;

  constructor(private readonly options: ClepsydraOptions) {
    this.wire = new Wire({ ...options, onReceipt: (receipt, route) => this.#take(receipt, route) });
    this.cases = new Cases(this.wire);
    this.bulk = new Bulk(this.wire);
    this.exhibits = new Exhibits(this.wire);
    this.signals = new Signals(this.wire);
    this.signalLists = new SignalLists(this.wire);
    this.signalDisputes = new SignalDisputes(this.wire);
    this.signalPolicies = new SignalPolicies(this.wire);
    this.exchangeSources = new ExchangeSources(this.wire);
    this.exchangeCredentials = new ExchangeCredentials(this.wire);
    this.notices = new Notices(this.wire);
    this.receivedOrders = new ReceivedOrders(this.wire);
    this.feed = new Feed(this.wire);
    this.ledger = new Ledger(this.wire);
    this.organisations = new Organisations(this.wire);
    this.platforms = new Platforms(this.wire);
    this.people = new People(this.wire);
    this.approvals = new Approvals(this.wire);
    this.contactPoints = new ContactPoints(this.wire);
    this.webhooks = new Webhooks(this.wire);
    this.apiKeys = new ApiKeys(this.wire);
    this.witness = options.receipts ? new Witness(options.receipts, this.ledger, options.onPinned) : null;
    this.#organisationId = options.organisationId ?? null;
  }

  /** Signs in and keeps the token for what follows. */
  async signIn(body: SignIn): Promise<OpenedSession> {
    // Unheard until the session is known: a receipt is noted with the organisation it was given to.
    const opened = await this.wire.api.POST('/v1/session', { body });
    const session = opened.data as OpenedSession;
    this.#use(session.token, session.organisation.id);
    if (session.receipt) await this.#take(session.receipt, 'POST /v1/session');
    return session;
  }

  async session(): Promise<Session> {
    return this.wire.answer(this.wire.api.GET('/v1/session', {}), 'GET /v1/session');
  }

  /** Acts for another organisation that the same person belongs to. */
  async switchTo(organisationId: string): Promise<Session> {
    const call = this.wire.api.POST('/v1/session/organisation', { body: { organisationId } });
    const session = await this.wire.answer<Session & { token?: string }>(call, 'POST /v1/session/organisation');
    this.#use(session.token ?? this.wire.token, session.organisation.id);
    return session;
  }

  async signOut(): Promise<void> {
    await this.wire.answer(
      this.wire.exchange('/v1/session', { method: 'DELETE' }).then(readBody),
      'DELETE /v1/session',
    );
    this.wire.token = undefined;
  }

  /** Live and of one's own scope with a token; closed months, small cells suppressed, without. */
  async summary(query: { from?: string; to?: string } = {}): Promise<Figures> {
    const call = this.wire.api.GET('/v1/transparency/summary', { params: { query } });
    return this.wire.answer(call, 'GET /v1/transparency/summary');
  }

  /** Verifies every receipt of a folder, against this server unless `offline`. */
  async verifyReceipts(store?: ReceiptStore, how: { offline?: boolean } = {}): Promise<ReceiptReport> {
    const kept = store ?? this.options.receipts;
    if (!kept) throw new VerificationError('no folder of receipts was given');
    if (!how.offline && kept.folder === this.options.receipts?.folder) await this.witness?.collect();
    return verifyReceipts(kept, how.offline ? null : this.ledger, this.#organisationId);
  }

  #use(token: string | undefined, organisationId: string): void {
    this.wire.token = token;
    this.#organisationId = organisationId;
  }

  /** What the server cannot be asked about now is checked with the next receipt, and by verifyReceipts. */
  async #take(receipt: Receipt | PendingReceipt, route: string): Promise<void> {
    try {
      await this.witness?.take(receipt, route, this.#organisationId);
    } catch (error) {
      if (!(error instanceof NetworkError) && !(error instanceof ProblemError)) throw error;
      this.options.onUnchecked?.(error.message);
    }
  }
}

async function readBody(response: Response): Promise<{ data?: unknown }> {
  const text = await response.text();
  return text === '' ? {} : { data: JSON.parse(text) };
}
