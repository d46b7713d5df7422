import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { types } from 'node:util';
import type { buildConnector } from 'undici';
import { DomainError } from '../../domain/errors';
import type { EgressMode } from '../config';
import { bareHost, requireAddress } from './addresses';
import { tunnel, type Proxy } from './proxy';

/** All addresses of a name. Injectable, so that a test can play a name server that changes its mind. */
export type Lookup = (host: string) => Promise<readonly LookupAddress[]>;

const systemAddresses: Lookup = (host) => systemLookup(host, { all: true, verbatim: true });

export interface DialOptions {
  readonly mode: EgressMode;
  readonly lookup?: Lookup;
  /** Certificates of authorities to trust besides the usual ones, PEM. */
  readonly ca?: readonly string[];
  readonly connectTimeoutMs: number;
  readonly proxy?: Proxy;
  /** Ends every connection, made or in the making. */
  readonly closing: AbortSignal;
}

/**
 * Every address of a host, each of them checked. One that may not be called refuses the name: a public address beside a
 * private one is how a rebinding attack begins.
 */
export async function checkedAddresses(
  host: string,
  { mode, lookup }: Pick<DialOptions, 'mode' | 'lookup'>,
): Promise<readonly LookupAddress[]> {
  const family = isIP(host);
  const found = family ? [{ address: host, family }] : await (lookup ?? systemAddresses)(host);
  if (found.length === 0) throw new DomainError('egress.failed', { reason: 'ENOTFOUND' });
  for (const { address } of found) requireAddress(address, mode);
  return found;
}

/**
 * The `connect` of undici. The name is looked up once, here; the socket is given the checked addresses and nothing to look
 * up again; and before a byte is sent, the address it really reached is checked once more.
 */
export function checkedDial(options: DialOptions): buildConnector.connector {
  return (target, callback) => void dialFor(target, options, callback);
}

async function dialFor(
  target: buildConnector.Options,
  options: DialOptions,
  callback: buildConnector.Callback,
): Promise<void> {
  let socket: Socket;
  try {
    socket = await dial(target, options);
  } catch (error) {
    callback(types.isNativeError(error) ? error : new DomainError('egress.failed', { reason: 'unknown' }), null);
    return;
  }
  callback(null, socket);
}

async function dial(target: buildConnector.Options, options: DialOptions): Promise<Socket> {
  const secure = target.protocol === 'https:';
  const host = bareHost(target.hostname);
  if (options.proxy) return dialThrough(options.proxy, { host, port: Number(target.port) || (secure ? 443 : 80), secure }, options); // prettier-ignore
  const addresses = await checkedAddresses(host, options);
  const tcp = connectTcp({
    host,
    port: Number(target.port) || (secure ? 443 : 80),
    signal: options.closing,
    autoSelectFamily: true,
    // The default of 250 ms gives up on distant hosts that answer.
    autoSelectFamilyAttemptTimeout: 2_000,
    lookup: (_host, _options, answer) => answer(null, [...addresses]),
  });
  try {
    await settled(tcp, 'connect', options.connectTimeoutMs);
    requireAddress(tcp.remoteAddress ?? '', options.mode);
    tcp.setNoDelay(true).setKeepAlive(true, 60_000);
    return secure ? await withTls(tcp, host, options) : tcp;
  } catch (error) {
    tcp.destroy();
    throw error;
  }
}

/** The operator named the proxy, so its own address is not judged; that of the target was, as far as it is no name. */
async function dialThrough(
  proxy: Proxy,
  { host, port, secure }: { readonly host: string; readonly port: number; readonly secure: boolean },
  options: DialOptions,
): Promise<Socket> {
  if (isIP(host)) requireAddress(host, options.mode);
  const tcp = connectTcp({ host: proxy.host, port: proxy.port, signal: options.closing, autoSelectFamily: true });
  try {
    await settled(tcp, 'connect', options.connectTimeoutMs);
    const outer = proxy.secure ? await withTls(tcp, proxy.host, options) : tcp;
    await tunnel(outer, proxy, `${host.includes(':') ? `[${host}]` : host}:${port}`, options.connectTimeoutMs);
    return secure ? await withTls(outer, host, options) : outer;
  } catch (error) {
    tcp.destroy();
    throw error;
  }
}

async function withTls(tcp: Socket, host: string, options: DialOptions): Promise<Socket> {
  const tls = connectTls({
    socket: tcp,
    host,
    // RFC 6066, 3: no addresses in the name indication; the certificate is then compared with the address.
    ...(isIP(host) ? {} : { servername: host }),
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
    // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED would otherwise be able to switch it off.
    rejectUnauthorized: true,
    ...(options.ca ? { ca: [...options.ca] } : {}),
  });
  await settled(tls, 'secureConnect', options.connectTimeoutMs);
  return tls;
}

function settled(socket: Socket, event: 'connect' | 'secureConnect', timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(new DomainError('egress.timeout')), timeoutMs);
    const done = (act: () => void): void => {
      clearTimeout(timer);
      socket.off(event, succeed).off('error', fail).off('close', closed);
      act();
    };
    const succeed = (): void => done(resolve);
    const closed = (): void => fail(new DomainError('egress.failed', { reason: 'ECONNRESET' }));
    const fail = (error: Error): void =>
      done(() => {
        // A second error of a socket nobody listens to would end the process.
        socket.on('error', () => undefined);
        reject(error);
      });
    socket.once(event, succeed).once('error', fail).once('close', closed);
  });
}
