import { isContact } from '../../../domain/providers';
import type { ContactDto } from '../providers.dto';
import { distinct } from './found';

/** Where providers write who they are. Asked one after another, as they stand here; no link on them is followed. */
export const LEGAL_PATHS = [
  '/legal',
  '/imprint',
  '/impressum',
  '/mentions-legales',
  '/contact',
  '/abuse',
  '/terms',
] as const;

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  nbsp: ' ',
  commat: '@',
  period: '.',
};
/** Left and right neighbours that would make the match a part of something longer. */
const MAIL =
  /(?<![a-z0-9.!#$%&'*+/=?^_{|}~@-])[a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?![a-z0-9@-]|\.[a-z0-9])/gi;

const decoded = (text: string): string =>
  text
    .replace(/&#(\d{2,6});/g, (_, code: string) => characterOf(Number(code)))
    .replace(/&#x([0-9a-f]{2,5});/gi, (_, code: string) => characterOf(Number.parseInt(code, 16)))
    .replace(/&([a-z]+);/g, (whole, name: string) => ENTITIES[name] ?? whole);

const characterOf = (code: number): string => (code >= 32 && code < 0x110000 ? String.fromCodePoint(code) : ' ');

/** What a page says as text: nothing of it is run, and what is not meant to be read is left out. */
export function textOf(html: string): string {
  const visible = html
    .replace(/<!--[\s\S]*?(-->|$)/g, ' ')
    .replace(/<(script|style|template|noscript|svg)\b[\s\S]*?(<\/\1\s*>|$)/gi, ' ');
  const links = [...visible.matchAll(/href\s*=\s*["']?mailto:([^"'?>\s]+)/gi)].map((match) => match[1] ?? '');
  return decoded(
    `${visible.replace(/<[^<>]*>/g, ' ')}\n${links.map((link) => ` ${percentDecoded(link)} `).join('\n')}`,
  );
}

const percentDecoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Whether a mail domain is the host's own: the host, what stands above it below the top-level domain, or what stands below it. */
function isOwnDomain(domain: string, host: string): boolean {
  const bare = host.replace(/^www\./, '');
  if (domain === bare || domain.endsWith(`.${bare}`)) return true;
  return domain.split('.').length >= 2 && bare.endsWith(`.${domain}`);
}

/**
 * Mail addresses of the host's own domain on a page. A stranger's address on a page is mostly a user's, a shop's or an
 * example, and an order sent there tells a stranger of it.
 */
export function contactsOfPage(html: string, host: string): ContactDto[] {
  const mails = [...textOf(html).matchAll(MAIL)].map(([mail]) => mail.toLowerCase());
  const own = mails.filter((mail) => isOwnDomain(mail.slice(mail.indexOf('@') + 1), host) && isContact('email', mail));
  return distinct(own.map((value) => ({ kind: 'email' as const, value })));
}
