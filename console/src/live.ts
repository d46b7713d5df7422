import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { FeedEntry } from './notices-api';
import { remember } from './notice/seen-entries';

const STREAM = '/v1/feed/stream';
const CHANNEL = 'clepsydra.feed';
/** Entries come in bursts: what they touch is asked for once for each burst. */
const GATHER_MS = 100;
/** A list is asked for now and then as well, for a browser that let the stream's tab sleep. */
export const LOOK_AGAIN_MS = 30_000;
/** After a refusal (a session that ended, a limit) the browser does not come back by itself. */
const COME_BACK_MS = 3_000;

type Message = { readonly entry: FeedEntry } | { readonly state: boolean } | { readonly asks: true };

/**
 * One tab holds the stream and tells the others: a browser allows six connections to a server, and a seventh tab would
 * stand still. Web Locks choose the tab and the next one when it closes; without them (plain HTTP) each tab has its own.
 */
function follow(tell: (message: Message) => void, until: AbortSignal): void {
  const channel = new BroadcastChannel(CHANNEL);
  const say = (message: Message): void => channel.postMessage(message);
  let leads: boolean | null = null;
  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (!('asks' in data)) tell(data);
    else if (leads !== null) say({ state: leads });
  });
  until.addEventListener('abort', () => channel.close());
  const lead = (): Promise<void> =>
    stream((message) => {
      if ('state' in message) leads = message.state;
      tell(message);
      say(message);
    }, until);
  const locks = 'locks' in navigator ? navigator.locks : undefined;
  if (!locks) return void lead();
  locks.request(CHANNEL, { signal: until }, lead).catch(() => undefined);
  say({ asks: true });
}

function stream(tell: (message: Message) => void, until: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let source: EventSource;
    let again: ReturnType<typeof setTimeout> | undefined;
    const open = (): void => {
      source = new EventSource(STREAM);
      source.addEventListener('open', () => tell({ state: true }));
      source.addEventListener('entry', ({ data }: MessageEvent<string>) =>
        tell({ entry: JSON.parse(data) as FeedEntry }),
      );
      source.addEventListener('error', () => {
        if (source.readyState !== EventSource.CLOSED) return;
        tell({ state: false });
        again = setTimeout(open, COME_BACK_MS);
      });
    };
    open();
    until.addEventListener('abort', () => {
      clearTimeout(again);
      source.close();
      resolve();
    });
  });
}

/** Asks anew for what these entries say has changed. */
function refresh(queries: QueryClient, noticeIds: ReadonlySet<string>): void {
  void queries.invalidateQueries({ queryKey: ['notices'] });
  void queries.invalidateQueries({ queryKey: ['summary'] });
  void queries.invalidateQueries({ queryKey: ['approvals'] });
  for (const id of noticeIds) {
    void queries.invalidateQueries({ queryKey: ['notice', id] });
    void queries.invalidateQueries({ queryKey: ['deliveries', id] });
  }
}

/** Keeps every screen as the record is. False while it is not known to be live. */
export function useLive(session: string): boolean {
  const queries = useQueryClient();
  const [isLive, setLive] = useState(false);
  useEffect(() => {
    const ending = new AbortController();
    const touched = new Set<string>();
    let pending: ReturnType<typeof setTimeout> | undefined;
    const flush = (): void => {
      pending = undefined;
      refresh(queries, touched);
      touched.clear();
    };
    let wasLive = false;
    const tell = (message: Message): void => {
      if ('state' in message) {
        setLive(message.state);
        // What happened before the stream began, or while it was away, came over no stream.
        if (message.state && !wasLive) void queries.invalidateQueries();
        wasLive = message.state;
        return;
      }
      if ('asks' in message) return;
      remember(message.entry);
      const notice = message.entry.subjects['notice'];
      if (notice) touched.add(notice);
      pending ??= setTimeout(flush, GATHER_MS);
    };
    follow(tell, ending.signal);
    return () => {
      ending.abort();
      clearTimeout(pending);
    };
  }, [queries, session]);
  return isLive;
}
