import type { Notice } from '../notice-api';
import type { Clepsydra } from '../clepsydra';
import { UsageError } from './exit';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (text: string): boolean => UUID.test(text);
/** How far back a reference is looked for. */
const LOOK_AT = 2000;

/** The notice of this id or reference. @throws UsageError when no notice, or more than one, answers to it */
export async function findNotice(client: Clepsydra, name: string): Promise<Notice> {
  if (isUuid(name)) return client.notices.get(name.toLowerCase());
  const wanted = name.toLowerCase();
  const found = new Map<string, Notice>();
  let seen = 0;
  for await (const notice of client.notices.all({ limit: 200 })) {
    if (notice.reference.toLowerCase() === wanted) return notice;
    if (wanted.length >= 6 && notice.id.startsWith(wanted)) found.set(notice.id, notice);
    if (++seen >= LOOK_AT) break;
  }
  const [only, another] = found.values();
  if (another) throw new UsageError(`more than one notice begins with "${name}": give the whole id or the reference`);
  if (!only) throw new UsageError(`there is no notice "${name}" in your boxes: give its id or its reference`);
  return only;
}

/** Items named by id, by the start of it, by number as `show` prints them, or by address; all open ones if none is named. */
export function chooseItems(notice: Notice, names: readonly string[]): string[] {
  if (names.length === 0) {
    const open = notice.items.filter(({ answer }) => answer === null).map(({ itemId }) => itemId);
    if (open.length === 0)
      throw new UsageError('every item of this notice is answered; name one with --item to correct it');
    return open;
  }
  return names.map((name) => {
    const byNumber = /^\d{1,4}$/.test(name) ? notice.items[Number(name) - 1] : undefined;
    const fits = notice.items.filter(
      ({ itemId, address }) => address === name || (name.length >= 6 && itemId.startsWith(name.toLowerCase())),
    );
    const chosen = byNumber ?? (fits.length === 1 ? fits[0] : undefined);
    if (!chosen) throw new UsageError(`"${name}" is not one item of this notice: give its number or its id`);
    return chosen.itemId;
  });
}
