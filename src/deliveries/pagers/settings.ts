import { DomainError } from '../../domain/errors';
import type { PagerKind } from '../../domain/vocabulary';
import type { PagePriority } from './pagers.entity';

/** An HTTP interface of a provider of text messages. `{to}`, `{text}` and `{secret}` are filled in, encoded for where they stand. */
export interface SmsSettings {
  readonly kind: 'sms';
  readonly method: 'POST' | 'PUT' | 'GET';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly to: string;
  readonly secret: string;
}

export interface NtfySettings {
  readonly kind: 'ntfy';
  /** Of the topic. */
  readonly url: string;
  readonly token: string;
}

export interface MatrixSettings {
  readonly kind: 'matrix';
  readonly homeserver: string;
  readonly room: string;
  readonly token: string;
}

export type PagerSettings = SmsSettings | NtfySettings | MatrixSettings;

/** What goes out over the checked connector. */
export interface PagerCall {
  readonly url: string;
  readonly method: 'POST' | 'PUT' | 'GET';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Words {
  /** The page's: the same for every repeat. */
  readonly id: string;
  readonly text: string;
  readonly priority: PagePriority;
}

/** As given: everything is optional, so that what is missing can be said by name. */
export interface GivenSettings {
  readonly url?: string;
  readonly method?: 'POST' | 'PUT' | 'GET';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly to?: string;
  readonly secret?: string;
  readonly token?: string;
  readonly homeserver?: string;
  readonly room?: string;
}

const HEADER_NAME = /^[A-Za-z0-9-]{1,64}$/;
const HEADER_VALUE = /^[\x20-\x7e]{0,1000}$/;
/** Ours to set, or dangerous to have set by somebody else. */
const HEADERS_REFUSED = ['host', 'content-length', 'transfer-encoding', 'connection', 'expect'];
const ROOM = /^![^\s/]{1,250}$/;
const MOST_HEADERS = 20;

/** @throws DomainError `pager.settings-invalid` with the reason */
export function settingsOf(kind: PagerKind, given: GivenSettings): PagerSettings {
  if (kind === 'sms') return smsSettings(given);
  if (kind === 'ntfy') return { kind, url: plainUrl(given.url, 'url'), token: headerValue(given.token ?? '', 'token') };
  const { homeserver, room = '', token = '' } = given;
  if (!ROOM.test(room)) refuse('room');
  if (!token) refuse('token');
  return { kind, homeserver: plainUrl(homeserver, 'homeserver'), room, token: headerValue(token, 'token') };
}

function smsSettings({
  url = '',
  method = 'POST',
  headers = {},
  body = '',
  to = '',
  secret = '',
}: GivenSettings): SmsSettings {
  plainUrl(url.replace(/\{(to|text|secret)\}/g, 'x'), 'url');
  // Another host for every number would be a host that nobody has checked.
  if (/^[^/]+\/\/[^/?#]*\{/.test(url)) refuse('url');
  if (!`${url} ${body}`.includes('{text}')) refuse('text-missing');
  if (method === 'GET' && body) refuse('body');
  const entries = Object.entries(headers);
  if (entries.length > MOST_HEADERS) refuse('headers');
  for (const [name, value] of entries) {
    if (!HEADER_NAME.test(name) || HEADERS_REFUSED.includes(name.toLowerCase())) refuse('headers');
    headerValue(value, 'headers');
  }
  return { kind: 'sms', url, method, headers, body, to, secret: headerValue(secret, 'secret') };
}

function plainUrl(text: string | undefined, reason: string): string {
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return refuse(reason);
  return text ?? '';
}

const headerValue = (value: string, reason: string): string => (HEADER_VALUE.test(value) ? value : refuse(reason));

function refuse(reason: string): never {
  throw new DomainError('pager.settings-invalid', { reason });
}

const bearer = (token: string): Record<string, string> => (token ? { authorization: `Bearer ${token}` } : {});

/** The one call that pages. */
export function callOf(settings: PagerSettings, { id, text, priority }: Words): PagerCall {
  if (settings.kind === 'sms') return smsCall(settings, text);
  if (settings.kind === 'ntfy') {
    const headers = { 'content-type': 'text/plain; charset=utf-8', priority: priority === 'urgent' ? '5' : '3' };
    return { url: settings.url, method: 'POST', headers: { ...headers, ...bearer(settings.token) }, body: text };
  }
  const base = settings.homeserver.replace(/\/+$/, '');
  const room = encodeURIComponent(settings.room);
  return {
    // The transaction id makes a repeat the same message (Matrix client-server API, 10.8).
    url: `${base}/_matrix/client/v3/rooms/${room}/send/m.room.message/${encodeURIComponent(id)}`,
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...bearer(settings.token) },
    body: JSON.stringify({ msgtype: 'm.text', body: text }),
  };
}

type Encode = (value: string) => string;

function smsCall({ url, method, headers, body, to, secret }: SmsSettings, text: string): PagerCall {
  const fill = (template: string, encode: Encode): string =>
    template.replace(/\{(to|text|secret)\}/g, (_all, name: 'to' | 'text' | 'secret') =>
      encode({ to, text, secret }[name]),
    );
  const filled = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), fill(value, asHeader)] as const);
  const type = filled.find(([name]) => name === 'content-type')?.[1] ?? 'application/x-www-form-urlencoded';
  return {
    url: fill(url, encodeURIComponent),
    method,
    headers: Object.fromEntries([['content-type', type], ...filled]),
    ...(body ? { body: fill(body, encodingOf(type)) } : {}),
  };
}

/** A number or a text could otherwise end the value in which it stands and begin another. */
function encodingOf(type: string): Encode {
  if (/json/i.test(type)) return (value) => JSON.stringify(value).slice(1, -1);
  if (/form-urlencoded/i.test(type)) return encodeURIComponent;
  if (/xml/i.test(type)) return (value) => value.replace(/[<>&"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
  return (value) => value;
}

const asHeader: Encode = (value) => value.replace(/[^\x20-\x7e]/g, '?');
