import type { Socket } from 'node:net';
import { DomainError } from '../../domain/errors';

/** A proxy that makes tunnels (RFC 9110, 9.3.6), as an operator rents one in another country. */
export interface Proxy {
  readonly host: string;
  readonly port: number;
  /** Itself reached over TLS. */
  readonly secure: boolean;
  /** `Basic …`, or null. */
  readonly authorization: string | null;
}

/** Null when the text is no address of a proxy: `http://` or `https://`, with name and password where it wants them. */
export function readProxy(text: string): Proxy | null {
  if (!URL.canParse(text)) return null;
  const { protocol, hostname, port, username, password, pathname, search } = new URL(text);
  const secure = protocol === 'https:';
  if ((!secure && protocol !== 'http:') || pathname !== '/' || search !== '') return null;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (secure ? 443 : 80),
    secure,
    authorization: login === ':' ? null : `Basic ${Buffer.from(login).toString('base64')}`,
  };
}

const LONGEST_HEAD = 8_192;

/** Asks for the tunnel; afterwards the socket is one to the target. @throws DomainError `egress.timeout`, `egress.failed` */
export async function tunnel(socket: Socket, proxy: Proxy, target: string, timeoutMs: number): Promise<void> {
  const login = proxy.authorization === null ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`;
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${login}\r\n`);
  const head = await readHead(socket, timeoutMs);
  if (!/^HTTP\/1\.[01] 2\d\d/.test(head)) throw new DomainError('egress.failed', { reason: 'PROXY' });
}

function readHead(socket: Socket, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let head = '';
    const end = (act: () => void): void => {
      clearTimeout(timer);
      socket.off('data', read).off('error', fail).off('close', close);
      act();
    };
    const fail = (error: Error): void =>
      end(() => {
        socket.on('error', () => undefined);
        reject(error);
      });
    const close = (): void => fail(new DomainError('egress.failed', { reason: 'PROXY' }));
    const read = (piece: Buffer): void => {
      head += piece.toString('latin1');
      const at = head.indexOf('\r\n\r\n');
      if (at === -1 && head.length <= LONGEST_HEAD) return;
      // The target speaks only when it was spoken to: what follows the head would be the proxy's invention.
      if (at === -1 || head.length > at + 4) return close();
      socket.pause();
      end(() => resolve(head));
    };
    const timer = setTimeout(() => fail(new DomainError('egress.timeout')), timeoutMs);
    socket.on('data', read).once('error', fail).once('close', close);
  });
}
