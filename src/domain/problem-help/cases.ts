import type { ProblemCode } from '../errors';

export const CASE_HELP = {
  'case.empty':
    'Every item and file in this submission was refused, so no case was opened. The answer lists the reason for each.',
  'case.closed': 'The case is closed. Open a new case; it can be linked.',
  'case.document-first':
    'In a multipart submission the part with the case comes before the files, because files are streamed as they arrive. Change the order of the parts.',
  'bulk.line-unreadable':
    'One line of a long list cannot be read: it is longer than 20,000 characters, not UTF-8, not a JSON object, or has a quotation mark that is not closed. Its number stands beside it. The other lines were taken; put this one right and send it alone.',
  'bulk.header-unknown':
    'A CSV list begins with the names of its columns: url, account, channel, platform, uploadedAt, note; one of the first three is needed. A list of addresses alone needs no first line. Nothing was done.',
  'item.not-held': 'The item does not wait for a second person, or has been decided already. Read it again.',
  'item.platform-unknown':
    'No organisation in the directory has this name. Leave the platform out to have it found by the host.',
  'item.platform-mismatch':
    'The host of the address belongs to another platform than the one named. Check the address, or leave the platform out.',
  'address.invalid':
    'This text cannot be referred as an address; `reason` says why. It needs http or https, a full host name and neither spaces nor control characters; a defanged address is understood. An address with a user name or password is refused, because it would be passed on.',
  'assessment.exclusions-incomplete':
    'Name each ground of TCO Art. 1(3) exactly once in `exclusions`, with its finding and its reasons.',
  'assessment.same-person': 'The assessor, the second reviewer and whoever signs off legally are three people.',
  'assessment.signed-off': 'A sign-off is given once. Assess anew when something has changed.',
} as const satisfies Partial<Record<ProblemCode, string>>;
