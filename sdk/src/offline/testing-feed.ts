import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A signal as the feed tells of it; everything but the id, type and value has a usual value. */
export interface FedSignal {
  readonly signalId: string;
  readonly type: string;
  readonly value: string;
  readonly state?: string;
  readonly [more: string]: unknown;
}

/** A server that speaks the feed over real HTTP, page by page, gzip when asked, with an opaque cursor. For specs only: it is in no bundle. */
export class TestingFeed {
  readonly asked: { readonly cursor: string | null; readonly lists: string | null; readonly encoding: string }[] = [];
  /** Lines as they are; pushing one is telling subscribers. */
  readonly log: string[] = [];
  /** Records a page; the client may ask for fewer. */
  pageSize = 1000;
  /** Null: the account may not know. */
  lists: { readonly id: string; readonly name: string; readonly tlp: string; autoAction: boolean }[] | null = [
    { id: 'list', name: 'A list', tlp: 'amber', autoAction: false },
  ];
  /** The policy in force; null when the organisation has none. */
  rules: readonly object[] | null = null;
  /** So many of the next answers break off in the middle. */
  breaks = 0;
  /** Cursors of an earlier epoch are refused. */
  epoch = 1;
  /** So many pages, then every request is answered with 500. */
  failsAfterPages = Number.POSITIVE_INFINITY;
  url = '';
  readonly #server = createServer((request, response) => this.#answer(request, response));

  static async start(): Promise<TestingFeed> {
    const feed = new TestingFeed();
    await new Promise<void>((listening) => feed.#server.listen(0, '127.0.0.1', listening));
    const address = feed.#server.address();
    feed.url = `http://127.0.0.1:${(address as AddressInfo).port}`;
    return feed;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((closed) => this.#server.close(() => closed()));
  }

  tell(...signals: readonly FedSignal[]): void {
    for (const signal of signals) {
      const usual = { state: 'active', lists: ['list'], labels: {}, severity: null, incident: null, reviewed: true };
      const counts = { standing: ['organisation'], confirms: 0, disputes: 0, at: '2026-01-01T00:00:00.000Z' };
      this.log.push(JSON.stringify({ seq: this.log.length, ...usual, ...counts, ...signal }));
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://testing');
    if (url.pathname === '/v1/signal-lists') return this.#give(response, { items: this.lists, next: null });
    if (url.pathname === '/v1/signal-policies/current') return this.#givePolicy(response);
    const cursor = url.searchParams.get('cursor');
    const encoding = request.headers['accept-encoding']?.toString() ?? '';
    this.asked.push({ cursor, lists: url.searchParams.get('lists'), encoding });
    if (url.pathname !== '/v1/signals/feed') return this.#refuse(response, 404, 'request.not-found');
    const [epoch, from] = (cursor ?? `${this.epoch}:0`).split(':').map(Number);
    if (epoch !== this.epoch) return this.#refuse(response, 410, 'signals.cursor-unknown');
    if (this.failsAfterPages-- <= 0) return this.#refuse(response, 500, 'internal');
    const limit = Math.min(this.pageSize, Number(url.searchParams.get('limit')));
    const end = Math.min(this.log.length, (from ?? 0) + limit);
    const last = JSON.stringify({ through: `${this.epoch}:${end}`, more: end < this.log.length });
    const isAsked = url.searchParams.get('frames') === 'true';
    const lines = this.log.slice(from, end).map((line) => (isAsked ? line : line.replace(/"frames":"[^"]*",?/, '')));
    const text = [...lines, last].map((line) => `${line}\n`).join('');
    response.setHeader('content-type', 'application/x-ndjson');
    if (this.breaks > 0) {
      this.breaks--;
      response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
      return;
    }
    response.setHeader('content-encoding', 'gzip');
    response.end(gzipSync(text));
  }

  #give(response: ServerResponse, answer: { readonly items: unknown; readonly next: null }): void {
    if (answer.items === null) return this.#refuse(response, 403, 'auth.forbidden');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  }

  #givePolicy(response: ServerResponse): void {
    if (this.rules === null) return this.#refuse(response, 404, 'request.not-found');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ rules: this.rules }));
  }

  #refuse(response: ServerResponse, status: number, code: string): void {
    response.writeHead(status, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ type: `/problems/${code}`, title: code, status, code }));
  }
}
