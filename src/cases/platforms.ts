import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../domain/errors';
import type { PlatformSize } from '../domain/vocabulary';
import type { Actor } from '../infra/database/actor';
import type { Tx } from '../infra/database/work';
import type { NewEntry } from '../ledger/append';
import type { PlatformView } from './cases.dto';
import type { Line } from './lines';

export interface Platform extends PlatformView {
  readonly size: PlatformSize | null;
  /** The host under which its accounts and channels are compared. */
  readonly host: string;
}

interface Row extends Omit<Platform, 'host'> {
  readonly host: string | null;
}

const COLUMNS = `o.id, o.name, o.slug, o.status, o.platform_size as size`;
const BY_HOST = `select h.host, ${COLUMNS} from platform_host h join organisation o on o.id = h.organisation_id where h.host = any ($1)`;
const BY_NAME = `select ${COLUMNS}, (select h.host from platform_host h where h.organisation_id = o.id order by h.created_at, h.host limit 1) as host
  from organisation o where o.kind = 'platform' and (o.slug = any ($1) or o.id::text = any ($1))`;
const PROPOSE = `select w.host, propose_platform(w.id, w.host) as id, w.id as proposed
  from unnest($1::uuid[], $2::text[]) with ordinality as w (id, host, n) order by w.n`;

const isNumeric = (host: string): boolean => host.startsWith('[') || /^\d+(\.\d+){3}$/.test(host);

/** The host itself, then the names above it that are not a top-level domain. A numeric address has nothing above it. */
export function namesAbove(host: string): string[] {
  if (isNumeric(host)) return [host];
  const labels = host.split('.');
  return labels.slice(0, Math.max(1, labels.length - 1)).map((_, i) => labels.slice(i).join('.'));
}

/** Under which name an unknown host is proposed: `www.` is no platform of its own. */
const proposedName = (host: string): string =>
  host.startsWith('www.') && host.split('.').length > 2 ? host.slice(4) : host;

/** Which platform each line is on. Lines that name none, or a wrong one, get the error instead. */
export class PlatformsOfLines {
  private constructor(
    private readonly byHost: Map<string, Platform>,
    private readonly byName: Map<string, Platform>,
    /** Of hosts that nobody had registered: to be appended. */
    readonly entries: readonly NewEntry[],
  ) {}

  static async find(tx: Tx, actor: Actor, at: Date, lines: readonly Line[]): Promise<PlatformsOfLines> {
    const names = [...new Set(lines.flatMap(({ platform }) => platform ?? []))];
    const named = names.length > 0 ? await tx.query<Row[]>(BY_NAME, [names.map((name) => name.toLowerCase())]) : [];
    const byName = new Map(named.flatMap((row) => [[row.slug, whole(row)], [row.id, whole(row)]] as const)); // prettier-ignore
    const hosts = [...new Set(lines.flatMap(({ url }) => url?.host ?? []))];
    const byHost = await knownHosts(tx, hosts);
    const unnamed = lines.filter(({ platform, url }) => !platform && url && !lookUp(byHost, url.host));
    const unknown = new Set(unnamed.map(({ url }) => proposedName(url?.host ?? '')));
    // A name below another unknown one belongs to it.
    const roots = [...unknown].filter(
      (host) => !namesAbove(host).some((above) => above !== host && unknown.has(above)),
    );
    const entries = await propose(tx, actor, at, roots.sort());
    if (roots.length > 0) for (const [host, platform] of await knownHosts(tx, roots)) byHost.set(host, platform);
    return new PlatformsOfLines(byHost, byName, entries);
  }

  /** @throws DomainError `item.platform-unknown`, `item.platform-mismatch` */
  of(line: Line): Platform {
    const named = line.platform ? this.byName.get(line.platform.toLowerCase()) : undefined;
    if (line.platform && !named) throw new DomainError('item.platform-unknown');
    const hosting = line.url ? lookUp(this.byHost, line.url.host) : undefined;
    if (named && hosting && named.id !== hosting.id) throw new DomainError('item.platform-mismatch');
    const platform = hosting ?? named;
    if (!platform) throw new DomainError('item.platform-unknown');
    return platform;
  }
}

/** A platform that has registered no host still needs a name under which accounts are compared; `.invalid` is nobody's (RFC 2606). */
const whole = (row: Row): Platform => ({ ...row, host: row.host ?? `${row.id}.invalid` });

const lookUp = (byHost: ReadonlyMap<string, Platform>, host: string): Platform | undefined =>
  namesAbove(host)
    .map((name) => byHost.get(name))
    .find((platform) => platform !== undefined);

async function knownHosts(tx: Tx, hosts: readonly string[]): Promise<Map<string, Platform>> {
  if (hosts.length === 0) return new Map();
  const rows = await tx.query<Platform[]>(BY_HOST, [[...new Set(hosts.flatMap(namesAbove))]]);
  return new Map(rows.map((row) => [row.host, row]));
}

async function propose(tx: Tx, actor: Actor, at: Date, hosts: readonly string[]): Promise<NewEntry[]> {
  if (hosts.length === 0) return [];
  const rows = await tx.query<{ host: string; id: string; proposed: string }[]>(PROPOSE, [
    hosts.map(() => uuidv7()),
    hosts,
  ]);
  // Where another unit was first, the platform is theirs and the entry as well.
  const made = rows.filter(({ id, proposed }) => id === proposed);
  return made.map(({ id, host }) => ({
    kind: 'platform.provisional',
    actor,
    at,
    subjects: { organisation: id },
    shared: { host },
    audience: [actor.organisationId],
  }));
}
