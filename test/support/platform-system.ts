import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';

export interface Call {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A platform's own system: a real server on loopback that answers each path as it is told, and keeps what it was sent. */
export class PlatformSystem {
  readonly calls: Call[] = [];
  private readonly replies = new Map<string, number[]>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const path = request.url ?? '';
        this.calls.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() });
        if (path.startsWith('/silent')) return;
        const left = this.replies.get(path) ?? [];
        const status = left.length > 1 ? left.shift() : (left[0] ?? 204);
        response.writeHead(status ?? 204, status === 302 ? { location: 'http://10.0.0.1/' } : {}).end();
      });
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  url(path: string): string {
    const address = this.server.address();
    if (typeof address !== 'object' || !address) throw new Error('the system does not listen');
    return `http://127.0.0.1:${address.port}${path}`;
  }

  /** The statuses of this path's answers, in order; the last one stays. */
  answers(path: string, ...statuses: number[]): void {
    this.replies.set(path, statuses);
  }

  callsOf(path: string, noticeId?: string): Call[] {
    return this.calls.filter((call) => call.path === path && (!noticeId || call.body.includes(noticeId)));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
