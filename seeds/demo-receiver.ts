import { timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { isErrno, replaceFile } from '../src/infra/crypto/durable-file';
import { log } from '../src/infra/log';

const LOOPBACK = '127.0.0.1';
const PATH = '/clepsydra';
const MAX_BODY_BYTES = 2 ** 20;
/** Standard Webhooks: older or newer than this is refused. */
const TOLERANCE_MS = 5 * 60_000;

interface Kept {
  readonly port: number;
  readonly secret: string;
}

const fileOf = (secretsDirectory: string): string => join(secretsDirectory, 'demo-webhook.json');

async function readKept(secretsDirectory: string): Promise<Kept | undefined> {
  try {
    const kept: Kept = JSON.parse(await readFile(fileOf(secretsDirectory), 'utf8'));
    return kept;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** The system of the demo's large platform: takes signed webhooks on loopback, checks them and answers 204. */
export class DemoReceiver {
  private secret: string | undefined;
  private readonly seen = new Set<string>();

  private constructor(
    private readonly server: Server,
    private readonly secretsDirectory: string,
    private now: () => Date,
  ) {
    server.on('request', (request, response) => {
      this.answer(request).then(
        (status) => response.writeHead(status).end(),
        () => response.writeHead(400).end(),
      );
    });
  }

  /** On a free port; `keep` writes it down once the secret is known. */
  static async openNew(secretsDirectory: string, now: () => Date): Promise<DemoReceiver> {
    return new DemoReceiver(await listen(0), secretsDirectory, now);
  }

  /** On the port of the first start. Undefined when somebody else has it: deliveries then fall back to the inbox. */
  static async reopen(secretsDirectory: string): Promise<DemoReceiver | undefined> {
    const kept = await readKept(secretsDirectory);
    if (!kept) return undefined;
    try {
      const receiver = new DemoReceiver(await listen(kept.port), secretsDirectory, () => new Date());
      receiver.secret = kept.secret;
      return receiver;
    } catch (error) {
      if (!isErrno(error, 'EADDRINUSE')) throw error;
      log.warn({ event: 'demo.webhook-port-taken', port: kept.port });
      return undefined;
    }
  }

  get url(): string {
    return `http://${LOOPBACK}:${this.port}${PATH}`;
  }

  /** Messages taken, each counted once however often it came. */
  get received(): number {
    return this.seen.size;
  }

  async keep(secret: string): Promise<void> {
    this.secret = secret;
    const kept: Kept = { port: this.port, secret };
    await replaceFile(fileOf(this.secretsDirectory), Buffer.from(JSON.stringify(kept)));
  }

  /** The story is over: messages carry the time of this machine from now on. */
  followRealTime(): void {
    this.now = () => new Date();
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  private async answer(request: IncomingMessage): Promise<number> {
    if (request.method !== 'POST' || request.url !== PATH) return 404;
    if (Number(request.headers['content-length'] ?? MAX_BODY_BYTES + 1) > MAX_BODY_BYTES) return 413;
    const body = await text(request);
    const id = String(request.headers['webhook-id'] ?? '');
    if (!this.isGenuine(id, request, body)) return 401;
    this.seen.add(id);
    log.info({ event: 'demo.webhook-received', messageId: id });
    return 204;
  }

  private isGenuine(id: string, request: IncomingMessage, body: string): boolean {
    const sentAt = new Date(Number(request.headers['webhook-timestamp']) * 1000);
    const isRecent = Math.abs(this.now().getTime() - sentAt.getTime()) <= TOLERANCE_MS;
    if (!this.secret || !isRecent) return false;
    const expected = Buffer.from(new Webhook(this.secret).sign(id, sentAt, body));
    const given = String(request.headers['webhook-signature'] ?? '').split(' ');
    return given.map((one) => Buffer.from(one)).some((one) => one.length === expected.length && timingSafeEqual(one, expected)); // prettier-ignore
  }
}

function listen(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}
