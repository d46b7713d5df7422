import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { ClockSource } from '../clock-source';
import type { MailSettings } from '../config';
import { log } from '../log';
import { readReport, type DeliveryReport } from './delivery-report';
import type { ReturnPaths } from './return-path';

/** A report quotes the headers of what came back; ours are a few hundred bytes. */
const MAX_BYTES = 256 * 1024;
const MAX_CLIENTS = 50;
const SILENCE_MS = 30_000;

export interface Bounced {
  /** Of the message that came back. */
  readonly id: string;
  readonly report: DeliveryReport;
}

/**
 * Takes what comes back to our return paths, over SMTP from the world or over LMTP from a mail server of ours. It relays nothing
 * and knows no other recipient, so that it is worth nothing to whoever sends unasked.
 */
export class BounceServer {
  private server: SMTPServer | undefined;

  constructor(
    private readonly settings: MailSettings,
    private readonly paths: ReturnPaths,
    private readonly clock: ClockSource,
    /** Throws when it could not be recorded: the other side then keeps the report and comes again. */
    private readonly took: (bounced: Bounced) => Promise<void>,
  ) {}

  /** Where it listens; undefined while it does not. */
  get port(): number | undefined {
    const address = this.server?.server.address();
    return typeof address === 'object' ? address?.port : undefined;
  }

  async listen(): Promise<void> {
    const { bouncePort, bounceHost, bounceProtocol } = this.settings;
    if (bouncePort === undefined) return;
    const server = new SMTPServer({
      lmtp: bounceProtocol === 'lmtp',
      banner: 'reports only',
      disabledCommands: ['AUTH', 'STARTTLS'],
      authOptional: true,
      disableReverseLookup: true,
      size: MAX_BYTES,
      maxClients: MAX_CLIENTS,
      socketTimeout: SILENCE_MS,
      logger: false,
      onRcptTo: ({ address }, _session, done) => done(this.idOf(address) ? null : refused(550, 'no such address')),
      onData: (stream, session, done) => void this.answer(stream, session, done),
    });
    server.on('error', (error: NodeJS.ErrnoException) =>
      log.warn({ event: 'bounces.connection-failed', code: error.code }),
    );
    await new Promise<void>((resolve, reject) => {
      server.server.once('error', reject);
      server.listen(bouncePort, bounceHost, () => {
        server.server.off('error', reject);
        resolve();
      });
    });
    this.server = server;
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  private idOf(address: string): string | null {
    return this.paths.read(address, this.clock.now());
  }

  private async answer(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: (error?: Error | null) => void,
  ): Promise<void> {
    let fault: Error | null = null;
    try {
      await this.take(stream, session);
    } catch (error) {
      fault = error instanceof Error && 'responseCode' in error ? error : refused(451, 'come again');
    }
    done(fault);
  }

  private async take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const bytes = await received(stream);
    if (!bytes) throw refused(552, 'too large');
    const report = await readReport(bytes);
    if (!report) {
      log.info({ event: 'bounces.no-report' });
      return;
    }
    for (const { address } of session.envelope.rcptTo) {
      const id = this.idOf(address);
      if (id) await this.took({ id, report });
    }
  }
}

/** The whole message; null when it is larger than any report, which is read to its end all the same (RFC 5321, 4.1.1.4). */
async function received(stream: SMTPServerDataStream): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BYTES) chunks.push(chunk);
  }
  return size > MAX_BYTES ? null : Buffer.concat(chunks);
}

const refused = (responseCode: number, text: string): Error => Object.assign(new Error(text), { responseCode });
