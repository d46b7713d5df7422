import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../domain/errors';
import { ClockSource } from '../../../infra/clock-source';
import { CheckedConnector, type CheckedRequest, type CheckedResponse } from '../../../infra/egress/connector';
import { MOST_CONTACTS, type Found } from './found';
import { HostPlaces } from './host-places';
import { contactsOfPage, LEGAL_PATHS } from './legal-page';
import { basesOf, contactsOfRdap, questionsOf, registryOf, type Registry } from './rdap';
import { readSecurityTxt } from './security-txt';

/** `registries` asks registries alone; `host` the host as well, which tells whoever runs it that somebody looked. */
export type Reach = 'registries' | 'host';

export interface Search {
  readonly found: readonly Found[];
  /** By source: `found`, `none`, or why not: a reason of `readSecurityTxt` or the code of an error. */
  readonly outcomes: Readonly<Record<string, string>>;
}

type Answer = { readonly found: readonly Found[]; readonly outcome: string };

const CALL_MS = 5_000;
const BOOTSTRAP_FOR_MS = 24 * 3_600_000;
/** IANA's largest file has 120 KiB. */
const BOOTSTRAP_BYTES = 2 ** 20;
const RDAP_BYTES = 256 * 2 ** 10;
const TEXT_BYTES = 32 * 2 ** 10;
const PAGE_BYTES = 512 * 2 ** 10;

/**
 * Looks where a provider says how to reach it: registries (RDAP), security.txt, legal pages. Never at content: the addresses
 * are fixed here and made of the host alone. What is found is text with its source and date, for a person to judge.
 */
@Injectable()
export class ContactFinder {
  private readonly bootstraps = new Map<Registry, { readonly at: Date; readonly file: unknown }>();

  constructor(
    private readonly connector: CheckedConnector,
    private readonly places: HostPlaces,
    private readonly clock: ClockSource,
  ) {}

  /** One source that fails keeps no other from being asked. */
  async find(host: string, reach: Reach, signal: AbortSignal): Promise<Search> {
    const outcomes: Record<string, string> = {};
    const found: Found[] = [];
    const sources = [
      ['rdap', () => this.fromRegistry(host, signal)],
      ['security_txt', () => this.fromSecurityTxt(host, signal)],
      ['legal_page', () => this.fromLegalPages(host, signal)],
    ] as const;
    for (const [name, look] of reach === 'host' ? sources : sources.slice(0, 1)) {
      const answer = await look().catch((error: unknown): Answer => {
        if (!(error instanceof DomainError)) throw error;
        return { found: [], outcome: error.code };
      });
      outcomes[name] = answer.outcome;
      found.push(...answer.found);
    }
    return { found, outcomes };
  }

  private async fromRegistry(host: string, signal: AbortSignal): Promise<Answer> {
    const registry = registryOf(host);
    const [base] = basesOf(await this.bootstrap(registry, signal), registry, host);
    if (base === undefined) return { found: [], outcome: 'none' };
    for (const question of questionsOf(registry, host)) {
      const address = `${base.replace(/\/?$/, '/')}${question}`;
      const headers = { accept: 'application/rdap+json' };
      const answer = await this.get(address, { headers, maxResponseBytes: RDAP_BYTES, maxRedirects: 3, signal });
      if (answer.status !== 200) continue;
      const contacts = contactsOfRdap(jsonOf(answer));
      const note = 'From the registry; an abuse contact there is mostly the registrar’s or the network’s.';
      return contacts.length === 0 ? { found: [], outcome: 'none' } : one('rdap', address, { contacts }, note);
    }
    return { found: [], outcome: 'none' };
  }

  private async bootstrap(registry: Registry, signal: AbortSignal): Promise<unknown> {
    const now = this.clock.now();
    const known = this.bootstraps.get(registry);
    if (known && now.getTime() - known.at.getTime() < BOOTSTRAP_FOR_MS) return known.file;
    const limits = { maxResponseBytes: BOOTSTRAP_BYTES, signal };
    const answer = await this.get(this.places.bootstrap(registry), limits);
    if (answer.status !== 200) throw new DomainError('egress.failed', { reason: `${answer.status}` });
    const file = jsonOf(answer);
    this.bootstraps.set(registry, { at: now, file });
    return file;
  }

  private async fromSecurityTxt(host: string, signal: AbortSignal): Promise<Answer> {
    const address = `${this.places.origin(host)}/.well-known/security.txt`;
    const answer = await this.get(address, { maxResponseBytes: TEXT_BYTES, maxRedirects: 2, signal });
    if (answer.status !== 200 || !/^text\/plain/i.test(answer.headers['content-type'] ?? ''))
      return { found: [], outcome: 'none' };
    const read = readSecurityTxt(answer.body.toString('utf8'), address, this.clock.now());
    if (typeof read === 'string') return { found: [], outcome: read };
    const { contacts, languages, expiresAt, isSigned } = read;
    const note = `A contact for security reports, which need not take orders. ${
      isSigned ? 'It carries a signature that was not verified.' : 'It is not signed.'
    }`;
    return one('security_txt', address, languages.length > 0 ? { contacts, languages } : { contacts }, note, expiresAt);
  }

  /** The first pages that name an address of the host's own, until there are enough. */
  private async fromLegalPages(host: string, signal: AbortSignal): Promise<Answer> {
    const found: Found[] = [];
    let failure: DomainError | undefined;
    for (const path of LEGAL_PATHS) {
      const address = `${this.places.origin(host)}${path}`;
      try {
        const limits = { maxResponseBytes: PAGE_BYTES, maxRedirects: 2, signal };
        const answer = await this.get(address, { headers: { accept: 'text/html' }, ...limits });
        if (answer.status !== 200 || !/^text\/(html|plain)/i.test(answer.headers['content-type'] ?? '')) continue;
        const contacts = contactsOfPage(answer.body.toString('utf8'), host);
        const note = 'Mail addresses of the host’s own domain on this page, read as text.';
        if (contacts.length > 0) found.push(...one('legal_page', address, { contacts }, note).found);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        failure = error;
        // Who cannot be reached is not asked for six more pages.
        if (error.code === 'egress.timeout' || error.code === 'egress.failed') break;
      }
      if (found.flatMap(({ changes }) => changes.contacts ?? []).length >= MOST_CONTACTS) break;
    }
    if (found.length > 0) return { found, outcome: 'found' };
    return { found: [], outcome: failure?.code ?? 'none' };
  }

  private get(address: string, options: CheckedRequest): Promise<CheckedResponse> {
    return this.connector.fetch(address, { timeoutMs: CALL_MS, ...options });
  }
}

const one = (
  source: Found['source'],
  sourceAddress: string,
  changes: Found['changes'],
  note: string,
  expiresAt: Date | null = null,
): Answer => ({ found: [{ source, sourceAddress, changes, note, expiresAt }], outcome: 'found' });

function jsonOf({ body }: CheckedResponse): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new DomainError('egress.failed', { reason: 'unreadable' });
  }
}
