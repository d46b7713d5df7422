import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { readVantages, type Vantage } from './egress/vantage';

/** How the service may reach the outside. The demo reaches this machine alone; an installation reaches public addresses alone. */
export type EgressMode = 'loopback-only' | 'public-only';

/** How the connection to the relay is kept from being read. `opportunistic`: encrypted if the relay offers it, without a check. */
export const MAIL_TLS = ['required', 'implicit', 'opportunistic', 'none'] as const;

/** The relay over which mail leaves, and where what comes back is taken in. */
export interface MailSettings {
  readonly host: string;
  readonly port: number;
  readonly tls: (typeof MAIL_TLS)[number];
  readonly user?: string;
  /** Read at every delivery; never an environment variable, which children inherit. */
  readonly passwordFile?: string;
  /** PEM certificates of authorities to trust for the relay instead of the system's. */
  readonly caFile?: string;
  /** Header From, a role and never a person. */
  readonly from: string;
  /** Of the return path; its mail exchanger is where `bouncePort` is reached. */
  readonly bounceDomain: string;
  /** Whether the 250 of the relay counts as receipt where the relay is not the recipient's own exchanger. */
  readonly proof: 'exchanger' | 'relay-trusted';
  /** Absent: this node takes no bounces. */
  readonly bouncePort?: number;
  readonly bounceHost: string;
  readonly bounceProtocol: 'smtp' | 'lmtp';
}

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly dataDirectory: string;
  readonly secretsDirectory: string;
  /** Certificates of authorities, with their keys, to sign PDFs with: `<organisation id>.pem` or `.p12`, and `.passphrase`. */
  readonly certificatesDirectory: string;
  /** Of a timestamping authority (RFC 3161) for signatures with certificates. Absent: they have no timestamp. */
  readonly timestampUrl?: string;
  /** Absent: the embedded PostgreSQL, with the demo. */
  readonly database?: { readonly ownerUrl: string; readonly appUrl?: string; readonly workerUrl?: string };
  /** The address under which people reach this node, without a trailing slash. */
  readonly publicUrl: string;
  readonly ledgerOrigin: string;
  readonly worker: boolean;
  readonly api: boolean;
  readonly egress: EgressMode;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
  /** Proxies in front, each of which appends one address to X-Forwarded-For; 0 when callers reach the service directly. */
  readonly trustedProxies: number;
  /** Requests a minute of one client before 429. */
  readonly requestsPerMinute: number;
  /** Largest file of a case, bytes. */
  readonly maxFileBytes: number;
  /** Seconds in which a person can take back a notice that they let go, before it leaves. */
  readonly undoSeconds: number;
  readonly imageWorkers: number;
  /** Absolute folders in which ffmpeg is looked for, separated as in PATH; `off` for none. */
  readonly ffmpegPath: string;
  /** Places from which referred addresses are looked at again; none: nobody looks. */
  readonly probeVantages: readonly Vantage[];
  /** Absent: no mail is sent. */
  readonly mail?: MailSettings;
  /** Bearer token that Prometheus shows at /metrics; without one, /metrics answers this machine alone. */
  readonly metricsToken?: string;
}

export const CONFIG = Symbol('CONFIG');

/** Every fault of the configuration at once; the process ends with 78 (EX_CONFIG of sysexits.h). */
export class ConfigurationError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

const KNOWN = [
  'CLEPSYDRA_DATA', 'CLEPSYDRA_SECRETS', 'CLEPSYDRA_PUBLIC_URL', 'CLEPSYDRA_LEDGER_ORIGIN', 'CLEPSYDRA_WORKER', 'CLEPSYDRA_API',
  'CLEPSYDRA_LOG_LEVEL', 'CLEPSYDRA_TRUSTED_PROXIES', 'CLEPSYDRA_REQUESTS_PER_MINUTE', 'CLEPSYDRA_MAX_FILE_BYTES',
  'CLEPSYDRA_IMAGE_WORKERS',
  'CLEPSYDRA_FFMPEG_PATH',
  'CLEPSYDRA_CERTIFICATES',
  'CLEPSYDRA_TIMESTAMP_URL',
  'CLEPSYDRA_PROBE_VANTAGES',
  'CLEPSYDRA_UNDO_SECONDS',
  'CLEPSYDRA_MAIL_HOST', 'CLEPSYDRA_MAIL_PORT', 'CLEPSYDRA_MAIL_TLS', 'CLEPSYDRA_MAIL_USER', 'CLEPSYDRA_MAIL_PASSWORD_FILE',
  'CLEPSYDRA_MAIL_CA_FILE', 'CLEPSYDRA_MAIL_FROM', 'CLEPSYDRA_MAIL_BOUNCE_DOMAIN', 'CLEPSYDRA_MAIL_PROOF',
  'CLEPSYDRA_MAIL_BOUNCE_PORT', 'CLEPSYDRA_MAIL_BOUNCE_HOST', 'CLEPSYDRA_MAIL_BOUNCE_PROTOCOL',
  'CLEPSYDRA_METRICS_TOKEN', 'CLEPSYDRA_HOST', 'CLEPSYDRA_PROFILE', 'CLEPSYDRA_TOKEN', 'CLEPSYDRA_URL', 'CLEPSYDRA_HOME', 'CLEPSYDRA_PASSWORD', 'CLEPSYDRA_ORGANISATION',
]; // prettier-ignore

class Reader {
  readonly faults: string[] = [];
  constructor(private readonly env: Environment) {}

  text(name: string, fallback: string): string {
    return this.env[name]?.trim() || fallback;
  }

  integer(name: string, fallback: number, low: number, high: number): number {
    const raw = this.env[name]?.trim();
    if (!raw) return fallback;
    const value = Number(raw);
    if (Number.isInteger(value) && value >= low && value <= high) return value;
    this.faults.push(`${name} must be a whole number from ${low} to ${high}, not “${raw}”`);
    return fallback;
  }

  oneOf<T extends string>(name: string, fallback: T, values: readonly T[]): T {
    const raw = this.env[name]?.trim();
    if (!raw) return fallback;
    const found = values.find((value) => value === raw);
    if (found) return found;
    this.faults.push(`${name} must be one of ${values.join(', ')}, not “${raw}”`);
    return fallback;
  }

  vantages(name: string, fallback: string): readonly Vantage[] {
    const read = readVantages(this.text(name, fallback));
    if (typeof read !== 'string') return read;
    this.faults.push(`${name}: ${read}`);
    return [];
  }

  url(name: string, schemes: readonly string[]): string | undefined {
    const raw = this.env[name]?.trim();
    if (!raw) return undefined;
    if (URL.canParse(raw) && schemes.includes(new URL(raw).protocol)) return raw;
    // The value is not repeated: it may hold a password.
    this.faults.push(`${name} must be an address that starts with ${schemes.map((s) => `${s}//`).join(' or ')}`);
    return undefined;
  }
}

const POSTGRES = ['postgres:', 'postgresql:'];

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];
const MAILBOX = /^[^\s<>@]{1,64}@[^\s<>@]{1,189}$/;
const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/;

/** Nothing, unless a relay is named; then everything that is missing is a fault. */
function readMail(read: Reader, embedded: boolean): MailSettings | undefined {
  const host = read.text('CLEPSYDRA_MAIL_HOST', '');
  if (!host) return undefined;
  const tls = read.oneOf('CLEPSYDRA_MAIL_TLS', 'required', MAIL_TLS);
  const from = read.text('CLEPSYDRA_MAIL_FROM', '');
  const bounceDomain = read.text('CLEPSYDRA_MAIL_BOUNCE_DOMAIN', '').toLowerCase();
  const user = read.text('CLEPSYDRA_MAIL_USER', '');
  const passwordFile = read.text('CLEPSYDRA_MAIL_PASSWORD_FILE', '');
  const caFile = read.text('CLEPSYDRA_MAIL_CA_FILE', '');
  const bouncePort = read.integer('CLEPSYDRA_MAIL_BOUNCE_PORT', 0, 1, 65535);
  const isHere = LOOPBACK.includes(host);
  if (embedded && !isHere) read.faults.push('CLEPSYDRA_MAIL_HOST must be loopback with the embedded database');
  if (tls === 'none' && !isHere) read.faults.push('CLEPSYDRA_MAIL_TLS=none is for a relay on this machine alone');
  if (!MAILBOX.test(from))
    read.faults.push('CLEPSYDRA_MAIL_FROM must be the address of a role, as orders@unit-a.example');
  if (!DOMAIN.test(bounceDomain)) read.faults.push('CLEPSYDRA_MAIL_BOUNCE_DOMAIN must be a domain');
  if (Boolean(user) !== Boolean(passwordFile))
    read.faults.push('CLEPSYDRA_MAIL_USER and CLEPSYDRA_MAIL_PASSWORD_FILE belong together');
  if (user && (tls === 'none' || tls === 'opportunistic') && !isHere)
    read.faults.push('CLEPSYDRA_MAIL_TLS must be required or implicit where a password is sent');
  return {
    host,
    port: read.integer('CLEPSYDRA_MAIL_PORT', tls === 'implicit' ? 465 : 587, 1, 65535),
    tls,
    ...(user ? { user, passwordFile: resolve(passwordFile) } : {}),
    ...(caFile ? { caFile: resolve(caFile) } : {}),
    from,
    bounceDomain,
    proof: read.oneOf('CLEPSYDRA_MAIL_PROOF', 'exchanger', ['exchanger', 'relay-trusted']),
    ...(bouncePort ? { bouncePort } : {}),
    bounceHost: read.text('CLEPSYDRA_MAIL_BOUNCE_HOST', '127.0.0.1'),
    bounceProtocol: read.oneOf('CLEPSYDRA_MAIL_BOUNCE_PROTOCOL', 'smtp', ['smtp', 'lmtp']),
  };
}

/** Reads the environment once, whole. Throws ConfigurationError with every fault. The only reader of process.env. */
export function readConfig(env: Environment = process.env): Config {
  const read = new Reader(env);
  for (const name of Object.keys(env)) {
    if (name.startsWith('CLEPSYDRA_') && !KNOWN.includes(name))
      read.faults.push(`${name} is not a setting of this version`);
  }
  const dataDirectory = resolve(read.text('CLEPSYDRA_DATA', './data'));
  const ownerUrl = read.url('DATABASE_URL', POSTGRES);
  const appUrl = read.url('DATABASE_APP_URL', POSTGRES);
  const workerUrl = read.url('DATABASE_WORKER_URL', POSTGRES);
  if (!env.DATABASE_URL && (appUrl || workerUrl))
    read.faults.push('DATABASE_APP_URL and DATABASE_WORKER_URL need DATABASE_URL');
  const embedded = !env.DATABASE_URL?.trim();
  const port = read.integer('PORT', 3000, 0, 65535);
  const host = read.text('CLEPSYDRA_HOST', embedded ? '127.0.0.1' : '0.0.0.0');
  if (embedded && !['127.0.0.1', '::1', 'localhost'].includes(host)) {
    read.faults.push('CLEPSYDRA_HOST must be loopback with the embedded database: the demo is for this machine alone');
  }
  const mail = readMail(read, embedded);
  const timestampUrl = read.url('CLEPSYDRA_TIMESTAMP_URL', embedded ? ['http:', 'https:'] : ['https:']);
  const secretsDirectory = resolve(read.text('CLEPSYDRA_SECRETS', join(dataDirectory, 'secrets')));
  const config: Config = {
    port,
    host,
    dataDirectory,
    secretsDirectory,
    certificatesDirectory: resolve(read.text('CLEPSYDRA_CERTIFICATES', join(secretsDirectory, 'certificates'))),
    ...(timestampUrl ? { timestampUrl } : {}),
    ...(ownerUrl ? { database: { ownerUrl, ...(appUrl ? { appUrl } : {}), ...(workerUrl ? { workerUrl } : {}) } } : {}),
    publicUrl: (read.url('CLEPSYDRA_PUBLIC_URL', ['http:', 'https:']) ?? `http://localhost:${port}`).replace(/\/$/, ''),
    ledgerOrigin: read.text('CLEPSYDRA_LEDGER_ORIGIN', 'clepsydra.example/ledger'),
    worker: read.oneOf('CLEPSYDRA_WORKER', 'on', ['on', 'off']) === 'on',
    api: read.oneOf('CLEPSYDRA_API', 'on', ['on', 'off']) === 'on',
    egress: embedded ? 'loopback-only' : 'public-only',
    logLevel: read.oneOf('CLEPSYDRA_LOG_LEVEL', embedded ? 'warn' : 'info', [
      'fatal',
      'error',
      'warn',
      'info',
      'debug',
      'silent',
    ]),
    trustedProxies: read.integer('CLEPSYDRA_TRUSTED_PROXIES', 0, 0, 10),
    requestsPerMinute: read.integer('CLEPSYDRA_REQUESTS_PER_MINUTE', 6000, 1, 1_000_000),
    maxFileBytes: read.integer('CLEPSYDRA_MAX_FILE_BYTES', 2 ** 31, 1024, 2 ** 36),
    ...(mail ? { mail } : {}),
    ...(env.CLEPSYDRA_METRICS_TOKEN ? { metricsToken: env.CLEPSYDRA_METRICS_TOKEN } : {}),
    undoSeconds: read.integer('CLEPSYDRA_UNDO_SECONDS', 10, 0, 60),
    imageWorkers: read.integer('CLEPSYDRA_IMAGE_WORKERS', Math.min(availableParallelism(), 64), 1, 64),
    ffmpegPath: read.text('CLEPSYDRA_FFMPEG_PATH', read.text('PATH', '/usr/bin')),
    // The demo reaches this machine alone, where nothing was referred.
    probeVantages: read.vantages('CLEPSYDRA_PROBE_VANTAGES', embedded ? 'off' : 'here'),
  };
  if (!config.api && !config.worker)
    read.faults.push('CLEPSYDRA_API and CLEPSYDRA_WORKER are both off: nothing would run');
  if (read.faults.length > 0) throw new ConfigurationError(read.faults);
  return config;
}
