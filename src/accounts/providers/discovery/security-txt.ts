import { isContact } from '../../../domain/providers';
import { isLanguage } from '../../../domain/vocabulary';
import { parseInstant } from '../../../infra/http/instant';
import type { ContactDto } from '../providers.dto';
import { distinct } from './found';

export interface SecurityTxt {
  readonly contacts: ContactDto[];
  readonly languages: string[];
  readonly expiresAt: Date;
  /** Says that it is signed. Signatures are not verified here. */
  readonly isSigned: boolean;
}

const FIELD = /^([A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;

/** What lies inside a cleartext signature (RFC 9580, 7): after the armour's headers, with dashes as they were. */
function withoutSignature(lines: readonly string[]): readonly string[] {
  const begin = lines.findIndex((line) => line.startsWith('-----BEGIN PGP SIGNED MESSAGE-----'));
  if (begin === -1) return lines;
  const body = lines.indexOf('', begin);
  const end = lines.findIndex((line) => line.startsWith('-----BEGIN PGP SIGNATURE-----'));
  if (body === -1 || end <= body) return [];
  return lines.slice(body + 1, end).map((line) => line.replace(/^- /, ''));
}

function contactOf(uri: string): ContactDto[] {
  const mail = /^mailto:([^?]+)/i.exec(uri)?.[1];
  const telephone = /^tel:(.+)$/i.exec(uri)?.[1]?.replaceAll('.', ' ');
  const contact: ContactDto = mail
    ? { kind: 'email', value: mail }
    : telephone
      ? { kind: 'telephone', value: telephone }
      : { kind: 'web_form', value: uri };
  return isContact(contact.kind, contact.value) ? [contact] : [];
}

/**
 * A security.txt of RFC 9116, or why it says nothing: `unreadable` without contacts or without exactly one Expires (2.5.5), `expired`,
 * `not_canonical` when it names the addresses that it stands under and this is none of them (2.5.2).
 */
export function readSecurityTxt(
  text: string,
  address: string,
  now: Date,
): SecurityTxt | 'unreadable' | 'expired' | 'not_canonical' {
  const lines = text.split(/\r?\n/);
  const signed = withoutSignature(lines);
  const fields = signed.flatMap((line) => {
    const found = FIELD.exec(line);
    return found ? [{ name: (found[1] ?? '').toLowerCase(), value: found[2] ?? '' }] : [];
  });
  const valuesOf = (name: string): string[] => fields.filter((each) => each.name === name).map(({ value }) => value);
  const [expires, ...more] = valuesOf('expires');
  const expiresAt = expires === undefined || more.length > 0 ? null : parseInstant(expires);
  const contacts = distinct(valuesOf('contact').flatMap(contactOf));
  if (expiresAt === null || contacts.length === 0) return 'unreadable';
  if (expiresAt <= now) return 'expired';
  const canonical = valuesOf('canonical');
  if (canonical.length > 0 && !canonical.includes(address)) return 'not_canonical';
  const languages = valuesOf('preferred-languages')
    .flatMap((value) => value.split(','))
    .map((tag) => tag.trim())
    .filter(isLanguage);
  return { contacts, languages: [...new Set(languages)].slice(0, 20), expiresAt, isSigned: signed !== lines };
}
