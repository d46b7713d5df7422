import type { PolicyRule } from '../../../src/domain/signal-policy';
import { TLP, type Tlp } from '../../../src/domain/vocabulary';
import { ProblemError } from '../errors';
import { isRecord } from '../../../src/domain/json';
import type { Wire } from '../wire';

/** A list as its readers know it. */
export interface KnownList {
  readonly id: string;
  readonly name: string;
  readonly tlp: Tlp | null;
  /** Its owner asks for action without a person: two organisations must stand behind a hash before it blocks. */
  readonly autoAction: boolean;
}

/** What decides about a match beside the signal itself; fetched with every sync and kept with the copy. */
export interface Terms {
  /** Null when the account may not read the lists. */
  readonly lists: readonly KnownList[] | null;
  /** The organisation's policy in force; null for the default that everybody has. */
  readonly rules: readonly PolicyRule[] | null;
}

export const NO_TERMS: Terms = { lists: null, rules: null };

export async function fetchTerms(wire: Wire, signal?: AbortSignal): Promise<Terms> {
  return { lists: await fetchLists(wire, signal), rules: await fetchRules(wire, signal) };
}

/** Forbidden to this account, or not offered by this server. */
const isWithheld = (error: unknown): boolean =>
  error instanceof ProblemError && (error.status === 403 || error.status === 404);

async function ask(wire: Wire, path: string, signal?: AbortSignal): Promise<Record<string, unknown> | null> {
  try {
    const response = await wire.exchange(path, { method: 'GET', ...(signal ? { signal } : {}) });
    const answer: unknown = await response.json();
    return isRecord(answer) ? answer : null;
  } catch (error) {
    if (isWithheld(error)) return null;
    throw error;
  }
}

async function fetchLists(wire: Wire, signal?: AbortSignal): Promise<KnownList[] | null> {
  const lists: KnownList[] = [];
  let cursor: unknown = null;
  do {
    const more: string = typeof cursor === 'string' ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page = await ask(wire, `/v1/signal-lists?limit=200${more}`, signal);
    if (!page || !Array.isArray(page['items'])) return null;
    for (const item of page['items']) if (isRecord(item)) lists.push(listOf(item));
    cursor = page['next'];
  } while (typeof cursor === 'string');
  return lists;
}

function listOf({ id, name, tlp, autoAction }: Record<string, unknown>): KnownList {
  return {
    id: String(id),
    name: typeof name === 'string' ? name : '',
    tlp: TLP.find((each) => each === tlp) ?? null,
    autoAction: autoAction !== false,
  };
}

async function fetchRules(wire: Wire, signal?: AbortSignal): Promise<readonly PolicyRule[] | null> {
  const policy = await ask(wire, '/v1/signal-policies/current', signal);
  return policy && Array.isArray(policy['rules']) ? (policy['rules'] as readonly PolicyRule[]) : null;
}
