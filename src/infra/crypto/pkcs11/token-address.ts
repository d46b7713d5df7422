import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Which key on which token, and through which module: an address of RFC 7512. Holds no secret. */
export interface TokenAddress {
  /** Absolute path of the shared library. */
  readonly module: string;
  /** All of these must fit. */
  readonly token: {
    readonly label?: string;
    readonly serial?: string;
    readonly manufacturer?: string;
    readonly model?: string;
  };
  readonly object: { readonly label?: string; readonly id?: Uint8Array };
  /** Absent: whoever reads the address has a place of its own for it. */
  readonly pinFile?: string;
}

/** What is wrong with an address or its file, for the operator. Never repeats a value. */
export class TokenAddressError extends Error {}

const PATH = ['token', 'serial', 'manufacturer', 'model', 'object', 'id', 'type'] as const;
const QUERY = ['module-path', 'pin-source'] as const;
type Name = (typeof PATH)[number] | (typeof QUERY)[number];

function percentDecoded(text: string): Buffer {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const [, pair] = /^%([0-9A-Fa-f]{2})/.exec(text.slice(at, at + 3)) ?? [];
    if (pair !== undefined) {
      bytes.push(Number.parseInt(pair, 16));
      at += 2;
      continue;
    }
    const code = text.charCodeAt(at);
    if (code === 0x25 || code < 0x21 || code > 0x7e)
      throw new TokenAddressError('a character of the address must be written as %XX');
    bytes.push(code);
  }
  return Buffer.from(bytes);
}

function read(part: string, separator: string, names: readonly Name[], into: Map<Name, Buffer>): void {
  for (const pair of part === '' ? [] : part.split(separator)) {
    const equals = pair.indexOf('=');
    const name = names.find((known) => known === pair.slice(0, Math.max(equals, 0)));
    if (name === undefined) throw new TokenAddressError(`only these are read here: ${names.join(', ')}`);
    if (into.has(name)) throw new TokenAddressError(`${name} stands twice in the address`);
    into.set(name, percentDecoded(pair.slice(equals + 1)));
  }
}

/** `file:/path` or `/path`. A program that prints the PIN, which RFC 7512 allows, is not run. */
function pathOf(source: string): string {
  const path = source.startsWith('file:') && URL.canParse(source) ? fileURLToPath(new URL(source)) : source;
  if (!isAbsolute(path)) throw new TokenAddressError('pin-source must be the absolute path of a file');
  return path;
}

/**
 * `pkcs11:token=Unit%20A;object=seal?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/clepsydra/unit-a.pin`.
 * The attributes of RFC 7512 that name one key of one token; `pin-value` is refused like every other, because an address is
 * shown and copied.
 * @throws TokenAddressError
 */
export function parseTokenAddress(uri: string): TokenAddress {
  if (!uri.startsWith('pkcs11:')) throw new TokenAddressError('the address does not begin with pkcs11:');
  const [path = '', query = '', ...rest] = uri.slice('pkcs11:'.length).split('?');
  if (rest.length > 0) throw new TokenAddressError('the address has more than one question mark');
  const found = new Map<Name, Buffer>();
  read(path, ';', PATH, found);
  read(query, '&', QUERY, found);
  const text = (name: Name): string | undefined => found.get(name)?.toString('utf8');
  const label = text('token');
  const serial = text('serial');
  const [manufacturer, model, object, source] = [
    text('manufacturer'),
    text('model'),
    text('object'),
    text('pin-source'),
  ];
  const id = found.get('id');
  const module = text('module-path');
  if (!label && !serial) throw new TokenAddressError('the address needs token or serial');
  if (!object && !id?.length) throw new TokenAddressError('the address needs object or id');
  if (!module || !isAbsolute(module)) throw new TokenAddressError('module-path must be an absolute path');
  if ((text('type') ?? 'private') !== 'private') throw new TokenAddressError('type can only be private');
  return {
    module,
    token: {
      ...(label ? { label } : {}),
      ...(serial ? { serial } : {}),
      ...(manufacturer ? { manufacturer } : {}),
      ...(model ? { model } : {}),
    },
    object: { ...(object ? { label: object } : {}), ...(id?.length ? { id } : {}) },
    ...(source ? { pinFile: pathOf(source) } : {}),
  };
}

/** A file that names a token: its address, the environment of the module, and certificates that are not on the token. */
export interface TokenFile {
  readonly address: TokenAddress;
  readonly environment: Readonly<Record<string, string>>;
  /** PEM, each one. */
  readonly certificates: readonly string[];
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const SETTING = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/;

/**
 * The address in a line of its own, lines `NAME=value` for the environment of the module (nothing of the service's own
 * environment reaches it), comments after `#`, and PEM certificates, in any order.
 * @throws TokenAddressError
 */
export function parseTokenFile(text: string): TokenFile {
  const certificates = text.match(CERTIFICATE) ?? [];
  let address: TokenAddress | undefined;
  const environment: Record<string, string> = {};
  for (const line of text
    .replaceAll(CERTIFICATE, '')
    .split(/\r?\n/)
    .map((one) => one.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, value = ''] = SETTING.exec(line) ?? [];
    if (name !== undefined) environment[name] = value;
    else if (address) throw new TokenAddressError('a line is neither the address, a setting nor a certificate');
    else address = parseTokenAddress(line);
  }
  if (!address) throw new TokenAddressError('the file has no address');
  return { address, environment, certificates };
}
