import { HostPlaces } from '../../src/accounts/providers/discovery/host-places';
import type { World } from './app';
import { OtherSide } from './exchange-inbound';

interface Page {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One server on loopback in the place of IANA, of every registry and of every host; `txt` in the place of the name server. */
export class FakeWorld {
  readonly pages = new Map<string, Page>();
  readonly txt = new Map<string, string[]>();
  private readonly side = new OtherSide();

  async stand(world: World): Promise<this> {
    this.side.reply = (request, response) => {
      const page = this.pages.get(request.url ?? '') ?? { status: 404 };
      response.writeHead(page.status ?? 200, {
        'content-type': page.type ?? 'text/plain; charset=utf-8',
        ...page.headers,
      });
      response.end(page.body ?? '');
    };
    await this.side.listen();
    const places = world.app.get(HostPlaces);
    places.bootstrap = (registry) => this.side.url(`/bootstrap/${registry}.json`);
    places.origin = (host) => this.side.url(`/host/${host}`);
    places.txt = (name) => Promise.resolve(this.txt.get(name) ?? []);
    return this;
  }

  url(path: string): string {
    return this.side.url(path);
  }

  /** Paths that were asked for, in order. */
  get asked(): string[] {
    return this.side.asked.map((line) => line.replace(/^GET /, ''));
  }

  forget(): void {
    this.side.asked.length = 0;
  }

  /** What a host answers at `path`. */
  host(host: string, path: string, page: Page): void {
    this.pages.set(`/host/${host}${path}`, page);
  }

  close(): Promise<void> {
    return this.side.close();
  }
}
