import type { Clepsydra } from '../clepsydra';
import type { SignalList } from '../signal-api';
import { UsageError } from './exit';
import { isUuid } from './find-notice';

/** The list of this id, short name or name. @throws UsageError when none that one may read, or more than one, is called so */
export async function findList(client: Clepsydra, name: string): Promise<SignalList> {
  if (isUuid(name)) return client.signalLists.get(name.toLowerCase());
  const wanted = name.toLowerCase();
  const found: SignalList[] = [];
  for await (const list of client.signalLists.all()) {
    if (list.slug === wanted || list.name.toLowerCase() === wanted) found.push(list);
  }
  const [only, another] = found;
  if (another) throw new UsageError(`more than one list is called "${name}": give its id`);
  if (!only) throw new UsageError(`there is no list "${name}" that you may read; clepsydra lists shows them`);
  return only;
}

/** @throws UsageError unless it has the form of an id */
export function idOf(what: string, text: string): string {
  if (!isUuid(text)) throw new UsageError(`"${text}" is no id of a ${what}`);
  return text.toLowerCase();
}
