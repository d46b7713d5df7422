import ipaddr from 'ipaddr.js';
import { DomainError } from '../../domain/errors';
import type { EgressMode } from '../config';

/** Public addresses of the machine room that answer with credentials: Azure's host agent. The other clouds use link-local ones. */
const HOST_AGENTS: readonly string[] = ['168.63.129.16'];
/** IANA has given out global unicast addresses from 2000::/3 alone. */
const GLOBAL_UNICAST_V6 = ipaddr.IPv6.parseCIDR('2000::/3');
const PUBLIC_PORTS: readonly string[] = ['', '443', '8443'];

/**
 * The network an address belongs to, in the words of ipaddr.js. IPv4 in IPv6 dress (mapped, 6to4, NAT64, Teredo) is never
 * plain unicast there and therefore refused as it stands, whatever it would lead to.
 */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unreadable';
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (range !== 'unicast') return range;
  if (parsed instanceof ipaddr.IPv6) return parsed.match(GLOBAL_UNICAST_V6) ? 'unicast' : 'reserved';
  return HOST_AGENTS.includes(parsed.toString()) ? 'host-agent' : 'unicast';
}

/** Throws `egress.refused-address` unless the address lies where this installation may call. */
export function requireAddress(address: string, mode: EgressMode): void {
  const network = networkOf(address);
  if (network !== (mode === 'public-only' ? 'unicast' : 'loopback')) {
    throw new DomainError('egress.refused-address', { network });
  }
}

/** The host of a URL as a name or an address to connect to: no brackets, no dot of the root. */
export function bareHost(hostname: string): string {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (host === '') throw new DomainError('egress.refused-address', { network: 'unreadable' });
  return host;
}

/** Every port and plain http on this machine; https on 443 and 8443 elsewhere. Credentials belong in headers, never in an address. */
export function requireForm(url: URL, mode: EgressMode): void {
  const refuse = (reason: string): never => {
    throw new DomainError('egress.refused-scheme', { reason });
  };
  if (url.username !== '' || url.password !== '') refuse('credentials');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mode === 'loopback-only')) refuse('scheme');
  if (mode === 'public-only' && !PUBLIC_PORTS.includes(url.port)) refuse('port');
}

/** RFC 6761, 6.3: the names of this machine. Any other would be asked of a name server, which the demo never does. */
const isOwnName = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost');

/**
 * Reads an address as WHATWG does, which also brings 2130706433, 0x7f000001, 127.1, full-width digits and IDN to one form,
 * and refuses what may not be called before any name is looked up.
 */
export function requireUrl(text: string, mode: EgressMode, base?: URL): URL {
  if (!URL.canParse(text, base)) throw new DomainError('egress.refused-scheme', { reason: 'unreadable' });
  const url = new URL(text, base);
  requireForm(url, mode);
  const host = bareHost(url.hostname);
  if (ipaddr.isValid(host)) requireAddress(host, mode);
  else if (mode === 'loopback-only' && !isOwnName(host)) {
    throw new DomainError('egress.refused-address', { network: 'elsewhere' });
  }
  return url;
}
