import type { World } from './app';
import { type MailSink } from './mail';
import { eventually } from './referral';

export interface MailedLink {
  readonly token: string;
  readonly path: string;
  /** As the mail shows it. */
  readonly code: string;
}

/** The link and the code in the newest mail to an address. */
export async function mailedLink(sink: MailSink, address: string, count = 1): Promise<MailedLink> {
  const kept = await eventually(
    async () => sink.to(address),
    (all) => all.length >= count,
  );
  const text = kept.at(-1)?.mail.text ?? '';
  const [, path = '', token = ''] = /(\/reply\/([\w-]{43}))/.exec(text) ?? [];
  const [, code = ''] = /Code: (\S+)/.exec(text) ?? [];
  if (token === '' || code === '') throw new Error(`no link in: ${text}`);
  return { token, path, code };
}

export interface PageAnswer {
  readonly status: number;
  readonly html: string;
  readonly headers: Record<string, unknown>;
}

export async function getPage(world: World, url: string, headers: Record<string, string> = {}): Promise<PageAnswer> {
  const { status, body, headers: got } = await world.send<string>('GET', url, undefined, headers);
  return { status, html: body, headers: got };
}

/** Sends a form as a browser does. `from`: another address than everybody's, where requests are counted. */
export async function postForm(
  world: World,
  url: string,
  fields: Readonly<Record<string, string>>,
  from = '127.0.0.1',
): Promise<PageAnswer> {
  const { statusCode, body, headers } = await world.app.inject({
    method: 'POST',
    url,
    remoteAddress: from,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  });
  return { status: statusCode, html: body, headers };
}

/** The hidden fields of the form that leads to `action`, as a browser would send them. */
export function fieldsOf(html: string, action: string): Record<string, string> {
  const [, form = ''] = new RegExp(`<form method="post" action="${action}">(.*?)</form>`, 's').exec(html) ?? [];
  if (form === '') throw new Error(`no form leads to ${action}`);
  const inputs = form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, value]));
}

/** Opens the notice behind a link. */
export async function openNotice(world: World, { path }: MailedLink): Promise<PageAnswer> {
  const landing = await getPage(world, path);
  if (landing.status !== 200) throw new Error(`the link does not open: ${landing.status}`);
  return postForm(world, '/reply', fieldsOf(landing.html, '/reply'));
}

/** What a page says, without its tags. */
export const textOf = (html: string): string =>
  html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');
