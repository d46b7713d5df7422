import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../domain/canonical';
import { DomainError } from '../../domain/errors';
import { detourOf, findingOf, type Finding, type ProbeFailure } from '../../domain/probe';
import { ClockSource } from '../../infra/clock-source';
import { CONFIG, type Config } from '../../infra/config';
import { CheckedConnector, type CheckedResponse } from '../../infra/egress/connector';

/** What one vantage point saw. Of the content nothing is kept but its digest. */
export interface View extends Finding {
  readonly vantage: string;
  readonly at: string;
  /** Of the last answer. */
  readonly status: number | null;
  /** Where redirects led; null where they led nowhere. */
  readonly reached: string | null;
  readonly redirects: readonly number[];
  /** SHA-256 over the headers of the last answer as RFC 8785 JSON, hex. */
  readonly headersSha256: string | null;
  /** SHA-256 over the first bytes of the last body, decoded, hex; and how many they are. */
  readonly bodySha256: string | null;
  readonly bodyBytes: number;
}

const MOST_REDIRECTS = 5;
const MOST_BYTES = 64 * 1024;
const TIMEOUT_MS = 10_000;

/**
 * What the most usual browser sends, and nothing of ours: no cookie, no referrer, no name. Whoever reads the log of the
 * platform is not to learn that the police looked.
 */
const HEADERS = {
  'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0',
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'accept-language': 'en-US,en;q=0.5',
};

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Looks at an address from every vantage point that the installation names. */
@Injectable()
export class Looking implements OnApplicationShutdown {
  private readonly connectors: readonly (readonly [name: string, connector: CheckedConnector])[];

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly clock: ClockSource,
  ) {
    this.connectors = config.probeVantages.map(({ name, proxy }) => [
      name,
      new CheckedConnector({ mode: config.egress, ...(proxy ? { proxy } : {}) }),
    ]);
  }

  /** In the order in which they are named. Never throws for what the other side does. */
  look(address: string, signal: AbortSignal): Promise<View[]> {
    return Promise.all(this.connectors.map(([name, connector]) => this.from(name, connector, address, signal)));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.connectors.map(([, connector]) => connector.onApplicationShutdown()));
  }

  private async from(
    vantage: string,
    connector: CheckedConnector,
    address: string,
    signal: AbortSignal,
  ): Promise<View> {
    const redirects: number[] = [];
    const at = this.clock.now().toISOString();
    let reached = address;
    try {
      for (;;) {
        const answer = await fetchOnce(connector, reached, signal);
        const next = redirects.length <= MOST_REDIRECTS ? targetOf(answer, reached) : null;
        if (next === null) return { vantage, at, ...seen(answer, address, reached, redirects), redirects };
        redirects.push(answer.status);
        if (redirects.length > MOST_REDIRECTS) throw new DomainError('egress.redirect');
        reached = next;
      }
    } catch (error) {
      // A process that is stopping says nothing of the address.
      if (signal.aborted || !(error instanceof DomainError)) throw error;
      const failure = failureOf(error);
      const finding = findingOf({ status: null, failure, detour: 'none', text: '' });
      const nothing = { status: null, headersSha256: null, bodySha256: null, bodyBytes: 0 };
      return { vantage, at, ...finding, ...nothing, reached: reached === address ? null : reached, redirects };
    }
  }
}

const fetchOnce = (connector: CheckedConnector, address: string, signal: AbortSignal): Promise<CheckedResponse> =>
  connector.fetch(address, {
    headers: HEADERS,
    timeoutMs: TIMEOUT_MS,
    maxResponseBytes: MOST_BYTES,
    beginningOnly: true,
    keepRedirects: true,
    signal,
  });

function targetOf({ status, headers }: CheckedResponse, from: string): string | null {
  const { location } = headers;
  const isRedirect = status >= 300 && status < 400 && status !== 304;
  return isRedirect && location && URL.canParse(location, from) ? new URL(location, from).href : null;
}

function seen(
  { status, headers, body }: CheckedResponse,
  asked: string,
  reached: string,
  redirects: readonly number[],
): Omit<View, 'vantage' | 'at' | 'redirects'> {
  const isText = /^(text\/|application\/(xhtml\+)?(xml|json))/i.test(headers['content-type'] ?? '');
  const text = isText ? body.toString('utf8') : '';
  const detour = redirects.length === 0 ? 'none' : detourOf(asked, reached);
  return {
    ...findingOf({ status, failure: null, detour, text }),
    status,
    reached: redirects.length === 0 ? null : reached,
    headersSha256: sha256(canonicalJson({ ...headers })),
    bodySha256: sha256(body),
    bodyBytes: body.length,
  };
}

function failureOf({ code, details }: DomainError): ProbeFailure {
  if (code === 'egress.timeout') return 'timeout';
  if (code === 'egress.redirect') return 'too_many_redirects';
  if (code === 'egress.refused-address' || code === 'egress.refused-scheme') return 'address_refused';
  return details.reason === 'ENOTFOUND' ? 'host_unknown' : 'no_connection';
}
