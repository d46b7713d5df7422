import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Vantage } from '../../src/infra/egress/vantage';
import type { ProbeView } from '../../src/notices/recheck/probe.dto';
import type { Person } from './app';

/** A small platform on this machine: what it answers, the test says path by path. */
export class Site {
  readonly asked: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  private readonly answers = new Map<string, RequestListener>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const path = request.url ?? '';
      this.asked.push({ path, headers: request.headers });
      const answer = this.answers.get(path);
      if (answer) answer(request, response);
      else response.writeHead(404).end();
    });
  }

  async listen(): Promise<void> {
    await listenOn(this.server);
  }

  get port(): number {
    return portOf(this.server);
  }

  /** The address of a path. */
  at(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  shows(path: string, html = '<title>A post</title>'): void {
    this.answers.set(path, (_request, response) => response.setHeader('content-type', 'text/html').end(html));
  }

  says(path: string, status: number, headers: Record<string, string> = {}): void {
    this.answers.set(path, (_request, response) => response.writeHead(status, headers).end());
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** A proxy that leads everything to another site, as if it stood in another country. */
export class FarProxy {
  private readonly server = createServer();

  constructor(private readonly site: Site) {
    this.server.on('connect', (_request, socket) => {
      const onward = connect(site.port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      socket.on('error', () => onward.destroy());
      onward.on('error', () => socket.destroy());
    });
  }

  async listen(): Promise<Vantage> {
    await listenOn(this.server);
    const proxy = { host: '127.0.0.1', port: portOf(this.server), secure: false, authorization: null };
    return { name: 'far', proxy };
  }

  close(): void {
    this.server.close();
  }
}

const listenOn = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

export async function probes(person: Person, noticeId: string): Promise<readonly ProbeView[]> {
  const { body } = await person.get<{ items: readonly ProbeView[] }>(`/v1/notices/${noticeId}/probes?limit=200`);
  return body.items.toReversed();
}

/** Reason, state, outcome and cause of each, oldest first. */
export const told = (views: readonly ProbeView[]): unknown[] =>
  views.map(({ reason, state, outcome, cause }) => [reason, state, outcome, cause]);
