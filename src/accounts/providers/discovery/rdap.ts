import ipaddr from 'ipaddr.js';
import { isContact, type ContactKind } from '../../../domain/providers';
import { isRecord } from '../../../domain/json';
import type { ContactDto } from '../providers.dto';
import { distinct } from './found';

/** Which of IANA's bootstrap files names the registry of a host (RFC 9224). */
export type Registry = 'dns' | 'ipv4' | 'ipv6';

export function registryOf(host: string): Registry {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (!ipaddr.isValid(bare)) return 'dns';
  return ipaddr.parse(bare).kind();
}

/** The base addresses for `host` in a bootstrap file, https ones first; empty when no registry answers for it. */
export function basesOf(bootstrap: unknown, registry: Registry, host: string): string[] {
  const services = isRecord(bootstrap) && Array.isArray(bootstrap.services) ? bootstrap.services : [];
  const matches = services.flatMap((service: unknown) => {
    const [entries, urls] = Array.isArray(service) ? service : [];
    if (!Array.isArray(entries) || !Array.isArray(urls)) return [];
    const depth = Math.max(-1, ...entries.map((entry: unknown) => depthOf(registry, host, entry)));
    return depth < 0 ? [] : [{ depth, urls: urls.filter((url: unknown) => typeof url === 'string') }];
  });
  const best = matches.toSorted((a, b) => b.depth - a.depth)[0];
  return (best?.urls ?? []).toSorted((a, b) => Number(b.startsWith('https:')) - Number(a.startsWith('https:')));
}

/** How closely an entry names the host: labels or prefix bits; -1 when it does not. */
function depthOf(registry: Registry, host: string, entry: unknown): number {
  if (typeof entry !== 'string') return -1;
  if (registry === 'dns') {
    const isAbove = host === entry || host.endsWith(`.${entry}`);
    return isAbove ? entry.split('.').length : -1;
  }
  try {
    const [network, bits] = ipaddr.parseCIDR(entry);
    const address = ipaddr.parse(host.replace(/^\[(.*)\]$/, '$1'));
    if (network.kind() !== address.kind()) return -1;
    return address.match(network, bits) ? bits : -1;
  } catch {
    return -1;
  }
}

/** What to ask the registry for: the shortest name below the top-level domain first, since only registered names are known. */
export function questionsOf(registry: Registry, host: string): string[] {
  if (registry !== 'dns') return [`ip/${host.replace(/^\[(.*)\]$/, '$1')}`];
  const labels = host.split('.');
  const names = labels.slice(0, -1).map((_, i) => labels.slice(i).join('.'));
  return names
    .toReversed()
    .slice(0, 3)
    .map((name) => `domain/${encodeURIComponent(name)}`);
}

/** Roles of RFC 9083, 10.2.4 that lead to somebody who answers for what happens there. */
const ROLES: readonly string[] = ['abuse', 'registrant', 'administrative'];
/** Entities stand inside entities: an abuse contact is mostly the registrar's. */
const DEEPEST = 3;
const MOST_ENTITIES = 50;

/** The contacts in an RDAP answer (RFC 9083, jCard of RFC 7095), those for abuse first. */
export function contactsOfRdap(answer: unknown): ContactDto[] {
  const found: { readonly role: number; readonly contacts: ContactDto[] }[] = [];
  const visit = (value: unknown, depth: number): void => {
    const entities = isRecord(value) && Array.isArray(value.entities) ? value.entities.slice(0, MOST_ENTITIES) : [];
    for (const entity of entities) {
      if (!isRecord(entity)) continue;
      const roles: unknown[] = Array.isArray(entity.roles) ? entity.roles : [];
      const role = ROLES.findIndex((wanted) => roles.includes(wanted));
      if (role >= 0) found.push({ role, contacts: contactsOfCard(entity.vcardArray) });
      if (depth < DEEPEST) visit(entity, depth + 1);
    }
  };
  visit(answer, 1);
  return distinct(found.toSorted((a, b) => a.role - b.role).flatMap(({ contacts }) => contacts));
}

function contactsOfCard(card: unknown): ContactDto[] {
  const properties: unknown = Array.isArray(card) ? card[1] : undefined;
  if (!Array.isArray(properties)) return [];
  return properties.flatMap((property: unknown) => {
    const [name, , , value] = Array.isArray(property) ? property : [];
    if (typeof value !== 'string') return [];
    if (name === 'email') return asContact('email', value.replace(/^mailto:/i, ''));
    // RFC 3966 writes parameters behind the number.
    if (name === 'tel') return asContact('telephone', numberOf(value));
    return [];
  });
}

/** `tel:+1.555…;ext=1` and `+1.555…` as it is written here. */
const numberOf = (value: string): string => (value.replace(/^tel:/i, '').split(';')[0] ?? '').replaceAll('.', ' ');

const asContact = (kind: ContactKind, value: string): ContactDto[] => {
  const text = value.trim();
  return isContact(kind, text) ? [{ kind, value: text }] : [];
};
