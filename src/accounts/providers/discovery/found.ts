import type { ContactDto, ProviderFactsDto } from '../providers.dto';
import type { ContactSource } from '../../../domain/providers';

/** What one place said, before anybody has confirmed it. */
export interface Found {
  readonly source: Extract<ContactSource, 'rdap' | 'security_txt' | 'legal_page'>;
  readonly sourceAddress: string;
  readonly changes: Pick<ProviderFactsDto, 'contacts' | 'languages'>;
  /** What to know about it before relying on it. */
  readonly note: string;
  readonly expiresAt: Date | null;
}

/** Of one place, at most: a page that lists a thousand addresses names nobody to call. */
export const MOST_CONTACTS = 10;

/** Without repeats, and no more than are of use. */
export const distinct = (contacts: readonly ContactDto[]): ContactDto[] =>
  [...new Map(contacts.map((each) => [`${each.kind} ${each.value}`, each])).values()].slice(0, MOST_CONTACTS);
