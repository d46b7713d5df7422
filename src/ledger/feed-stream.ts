import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Actor } from '../infra/database/actor';
import { Work } from '../infra/database/work';
import { log } from '../infra/log';
import { feedPage, treeSize } from './feed.query';
import { FeedWatch } from './feed-watch';
import type { FeedEntryView } from './ledger.dto';

const HEARTBEAT_MS = 15_000;
/** A stream ends after this time and the reader comes back, so that a revoked credential reads no longer than this. */
const LIFE_MS = 60_000;
const COME_BACK_MS = 200;
const PAGE = 200;

/** The feed as server-sent events (WHATWG HTML, section 9.2). */
@Injectable()
export class FeedStream {
  constructor(
    private readonly work: Work,
    private readonly watch: FeedWatch,
  ) {}

  /** Writes until the reader leaves, the stream's life is over, or the process shuts down. `after` null: from now on. */
  async write(actor: Actor, after: number | null, reply: FastifyReply): Promise<void> {
    const from = after ?? (await this.work.read(actor, treeSize)) - 1;
    reply.hijack();
    const out = reply.raw;
    const left = new AbortController();
    out.once('close', () => left.abort());
    // A connection kept alive after its stream would hold up a server that is closing.
    const own = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'close' };
    out.writeHead(200, { ...headersOf(reply), ...own });
    out.write(`retry: ${COME_BACK_MS}\n\n`);
    try {
      await this.follow(
        actor,
        from,
        out,
        AbortSignal.any([left.signal, this.watch.ended, AbortSignal.timeout(LIFE_MS)]),
      );
    } catch (error) {
      // The answer is under way, so no problem document: the reader comes back and is told then.
      if (!left.signal.aborted) log.warn({ event: 'feed.stream-failed', reason: String(error) });
    } finally {
      out.end();
    }
  }

  private async follow(actor: Actor, from: number, out: ServerResponse, until: AbortSignal): Promise<void> {
    let after = from;
    while (!until.aborted) {
      const page = await this.work.read(actor, (tx) => feedPage(tx, actor.organisationId, after, PAGE));
      after = page.through;
      // The last id without data moves the reader's cursor over what was for others.
      const text = page.entries.map(toEvent).join('') + `: through\nid: ${after}\n\n`;
      if (!out.write(text)) await once(out, 'drain', { signal: until });
      if (page.entries.length < PAGE) {
        const pause = AbortSignal.any([until, AbortSignal.timeout(HEARTBEAT_MS)]);
        await this.watch.next(actor.organisationId, after, pause);
      }
    }
  }
}

/** The id is written behind the last entry of a place only: whoever breaks off between two is given both again. */
function toEvent(entry: FeedEntryView, i: number, all: readonly FeedEntryView[]): string {
  const id = all[i + 1]?.seq === entry.seq ? '' : `id: ${entry.seq}\n`;
  return `${id}event: entry\ndata: ${JSON.stringify(entry)}\n\n`;
}

function headersOf(reply: FastifyReply): Record<string, string | string[]> {
  const entries = Object.entries(reply.getHeaders()).flatMap(([name, value]): [string, string | string[]][] =>
    value === undefined ? [] : [[name, typeof value === 'number' ? String(value) : value]],
  );
  return Object.fromEntries(entries);
}
