import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createTransport } from 'nodemailer';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { MailSettings } from '../../src/infra/config';
import { MailOut } from '../../src/infra/mail/mail-out';
import { Reports } from '../../src/deliveries/reports.service';
import type { World } from './app';

export interface Kept {
  readonly from: string;
  readonly to: string;
  readonly raw: string;
  readonly mail: Email;
}

/** What a server says to a recipient, or to a message; the last one stays. */
type Reply = 'ok' | number;

/** A real mail server on loopback that keeps what it takes and answers each address as it is told. */
export class MailSink {
  readonly kept: Kept[] = [];
  private readonly replies = new Map<string, Reply[]>();
  private readonly server: SMTPServer;

  constructor(options: SMTPServerOptions = {}) {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      logger: false,
      onRcptTo: ({ address }, _session, done) => done(this.refusalOf(address)),
      onData: (stream, session, done) => {
        const { mailFrom, rcptTo } = session.envelope;
        void this.keep(stream, mailFrom ? mailFrom.address : '', rcptTo[0]?.address ?? '', () =>
          done(null, 'queued as 4XYZ'),
        );
      },
      ...options,
    });
    this.server.on('error', () => undefined);
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, 'localhost', () => resolve()));
    return this;
  }

  get port(): number {
    return portOf(this.server.server);
  }

  /** Codes of refusal, in order. */
  answers(address: string, ...replies: Reply[]): void {
    this.replies.set(address, replies);
  }

  to(address: string): Kept[] {
    return this.kept.filter((one) => one.to === address);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async keep(stream: Readable, from: string, to: string, taken: () => void): Promise<void> {
    const raw = await text(stream);
    this.kept.push({ from, to, raw, mail: await PostalMime.parse(raw) });
    taken();
  }

  private refusalOf(address: string): Error | null {
    const left = this.replies.get(address) ?? ['ok'];
    const reply = left.length > 1 ? left.shift() : left[0];
    if (reply === undefined || reply === 'ok') return null;
    return Object.assign(new Error('not now'), { responseCode: reply });
  }
}

/** Takes connections and never says a word. */
export async function silentServer(): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return {
    port: portOf(server),
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server does not listen');
  return address.port;
}

export const mailSettings = (port: number, more: Partial<MailSettings> = {}): MailSettings => ({
  host: 'localhost',
  port,
  tls: 'none',
  from: 'orders@unit-a.example',
  bounceDomain: 'bounces.unit-a.example',
  proof: 'exchanger',
  bouncePort: 0,
  bounceHost: '127.0.0.1',
  bounceProtocol: 'smtp',
  ...more,
});

/** Plays the name server: the sink is the exchanger of these domains and of no other. */
export function playExchangerOf(world: World, ...domains: string[]): void {
  const lookup = async (domain: string): Promise<string[]> => [domains.includes(domain) ? 'localhost.' : 'mx.example'];
  Object.assign(world.app.get(MailOut), { lookup });
}

/** A delivery report (RFC 3464) as an exchanger writes it. */
export const report = (to: string, action: string, status = '5.1.1'): string =>
  [
    'From: MAILER-DAEMON@mx.example',
    `To: ${to}`,
    'Subject: Delivery status',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'About your message.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example',
    '',
    'Final-Recipient: rfc822; tco@harbour.example',
    `Action: ${action}`,
    `Status: ${status}`,
    '',
    '--b--',
    '',
  ].join('\r\n');

/** What a mailbox answers while its owner is away. */
export const away = (to: string): string =>
  [
    'From: tco@harbour.example',
    `To: ${to}`,
    'Auto-Submitted: auto-replied',
    'Subject: Away: Action: failed',
    'Content-Type: text/plain',
    '',
    'Action: failed',
    'Status: 5.1.1',
    '',
  ].join('\r\n');

/** Where a world takes reports. */
export function reportsPort(world: World): number {
  const port = world.app.get(Reports).port;
  if (port === undefined) throw new Error('no reports are taken');
  return port;
}

/** Sends something back to the service. Throws what its server says. */
export async function sendBack(world: World, to: string, raw: string, { lmtp = false } = {}): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port: reportsPort(world), ignoreTLS: true, lmtp });
  await transport.sendMail({ envelope: { from: '', to: [to] }, raw });
}
