import { resolveTxt } from 'node:dns/promises';
import { DomainError } from '../../../domain/errors';
import type { EgressMode } from '../../../infra/config';
import type { Registry } from './rdap';

/** Where the world outside is looked at. A test puts a server of its own in the place of the world. */
export class HostPlaces {
  constructor(private readonly mode: EgressMode) {}

  /** IANA's list of who answers for which names and networks (RFC 9224). */
  bootstrap: (registry: Registry) => string = (registry) => `https://data.iana.org/rdap/${registry}.json`;

  /** Only https: what comes over anything else was said by whoever sits on the way. */
  origin: (host: string) => string = (host) => `https://${host}`;

  /** The texts of a name, each joined. The demo asks no name server. */
  txt: (name: string) => Promise<string[]> = async (name) => {
    if (this.mode !== 'public-only') throw new DomainError('egress.refused-address', { network: 'elsewhere' });
    try {
      return (await resolveTxt(name)).map((parts) => parts.join(''));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      if (code === 'ENODATA' || code === 'ENOTFOUND') return [];
      throw new DomainError('egress.failed', { reason: code });
    }
  };
}
