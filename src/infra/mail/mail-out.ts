import { readFileSync } from 'node:fs';
import { resolveMx } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import type SMTPTransport from 'nodemailer/lib/smtp-transport';
import { CONFIG, type Config, type MailSettings } from '../config';

interface Patience {
  /** For everything together, the server's last word included. Our own part takes milliseconds. */
  readonly wholeMs: number;
  /** Of the other side, whatever it has said before. */
  readonly silenceMs: number;
}

const PATIENCE: Patience = { wholeMs: 20_000, silenceMs: 10_000 };

export interface Letter {
  /** The same for every repeat, so that a mailbox can tell one. */
  readonly id: string;
  readonly to: string;
  readonly returnPath: string;
  readonly subject: string;
  readonly text: string;
  readonly language: string;
}

/** `isExchanger`: it was the recipient's own exchanger that answered, not a relay on the way. */
export type MailOutcome =
  | { readonly kind: 'accepted'; readonly status: number; readonly response: string; readonly isExchanger: boolean }
  | {
      readonly kind: 'failed' | 'refused';
      readonly status: number | null;
      readonly problem: string;
      readonly response: string | null;
    };

export const MX_LOOKUP = Symbol('MX_LOOKUP');
/** Names of the exchangers of a domain. */
export type MxLookup = (domain: string) => Promise<readonly string[]>;

export const systemMx: MxLookup = async (domain) => (await resolveMx(domain)).map(({ exchange }) => exchange);

/** Hands letters to the configured relay. It never throws: whatever goes wrong is an outcome. */
@Injectable()
export class MailOut {
  readonly patience: Patience = PATIENCE;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(MX_LOOKUP) private readonly lookup: MxLookup,
  ) {}

  get isAvailable(): boolean {
    return this.config.mail !== undefined;
  }

  async send(letter: Letter, signal: AbortSignal): Promise<MailOutcome> {
    const settings = this.config.mail;
    if (!settings) return { kind: 'refused', status: null, problem: 'mail-unavailable', response: null };
    const line = new Line(settings, signal, this.patience);
    try {
      const info = await line.carry(() => createTransport(line.options()).sendMail(messageOf(settings, letter)));
      const isExchanger = await this.isExchangerOf(letter.to, settings.host);
      const status = Number(/^\d{3}/.exec(info.response)?.[0] ?? 250);
      return { kind: 'accepted', status, response: info.response.slice(0, 500), isExchanger };
    } catch (error) {
      return line.hasEnded
        ? { kind: 'failed', status: null, problem: 'mail-timeout', response: null }
        : outcomeOf(error);
    } finally {
      line.end();
    }
  }

  /** Names are compared, not addresses: a relay behind the same address is still not what the recipient has published. */
  private async isExchangerOf(to: string, host: string): Promise<boolean> {
    try {
      const exchangers = await this.lookup(to.slice(to.lastIndexOf('@') + 1));
      return exchangers.some((name) => name.replace(/\.$/, '').toLowerCase() === host.toLowerCase());
    } catch {
      return false;
    }
  }
}

/** One connection of ours, which ends when the time is over however busily the other side keeps it open. */
class Line {
  hasEnded = false;
  private socket: Socket | undefined;
  private giveUp: (error: Error) => void = () => undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly settings: MailSettings,
    private readonly signal: AbortSignal,
    private readonly patience: Patience,
  ) {
    this.timer = setTimeout(this.expire, patience.wholeMs);
    signal.addEventListener('abort', this.expire, { once: true });
  }

  options(): SMTPTransport.Options {
    const { host, port, tls, user, passwordFile, caFile } = this.settings;
    return {
      host,
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'required',
      ignoreTLS: tls === 'none',
      ...(user && passwordFile ? { auth: { user, pass: readFileSync(passwordFile, 'utf8').trim() } } : {}),
      tls: {
        servername: host,
        rejectUnauthorized: tls !== 'opportunistic',
        ...(caFile ? { ca: readFileSync(caFile) } : {}),
      },
      greetingTimeout: this.patience.silenceMs,
      socketTimeout: this.patience.silenceMs,
      disableFileAccess: true,
      disableUrlAccess: true,
      getSocket: (_options, callback) => this.dial(callback),
    };
  }

  carry<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.giveUp = reject;
      if (this.signal.aborted) this.expire();
      else work().then(resolve, reject);
    });
  }

  end(): void {
    clearTimeout(this.timer);
    this.signal.removeEventListener('abort', this.expire);
    this.socket?.destroy();
  }

  private dial(callback: (error: Error | null, options: object) => void): void {
    const socket = connect({ host: this.settings.host, port: this.settings.port, timeout: this.patience.silenceMs });
    this.socket = socket;
    const failed = (error: Error): void => callback(error, {});
    socket.once('error', failed);
    socket.once('timeout', () => socket.destroy(Object.assign(new Error('no connection'), { code: 'ETIMEDOUT' })));
    socket.once('connect', () => {
      socket.off('error', failed);
      socket.on('error', () => undefined);
      callback(null, { connection: socket });
    });
  }

  private readonly expire = (): void => {
    this.hasEnded = true;
    this.giveUp(new Error('the time is over'));
    this.socket?.destroy();
  };
}

/** Reports of both ends are asked for (RFC 3461); a server that does not know them is not asked. */
const messageOf = (settings: MailSettings, { id, to, returnPath, subject, text, language }: Letter) => ({
  from: settings.from,
  to,
  subject,
  text,
  messageId: `<${id}@${settings.bounceDomain}>`,
  envelope: { from: returnPath, to: [to] },
  headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': language, 'X-Auto-Response-Suppress': 'OOF' },
  dsn: {
    id,
    return: 'headers' as const,
    notify: ['success' as const, 'failure' as const, 'delay' as const],
    recipient: to,
  },
});

interface SmtpError {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly message?: string;
}

/** A certificate that is not trusted comes as an error of the socket, whose code does not tell it from a cable that was pulled. */
const OF_TLS = /certificate|altname|ssl|tls/i;

/** 5xx is final for this address (RFC 5321, 4.2.1). A password that is not taken is our operator's to mend, and tried again. */
function outcomeOf(error: unknown): MailOutcome {
  const { code = '', responseCode, response, message = '' } = (error ?? {}) as SmtpError;
  const said = response?.slice(0, 500) ?? null;
  const failed = (problem: string): MailOutcome => ({ kind: 'failed', status: null, problem, response: said });
  if (code === 'EAUTH') return failed('mail-auth');
  if (code === 'ETLS' || (code === 'ESOCKET' && OF_TLS.test(message))) return failed('mail-tls');
  if (responseCode !== undefined && responseCode >= 400) {
    const kind = responseCode >= 500 ? 'refused' : 'failed';
    return { kind, status: responseCode, problem: `smtp-${responseCode}`, response: said };
  }
  return failed(code === 'ETIMEDOUT' ? 'mail-timeout' : 'mail-unreachable');
}
