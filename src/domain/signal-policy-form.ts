import { DomainError, type FieldFault } from './errors';
import { escapeToken, isRecord } from './json';
import { isUuid } from './ledger-entry';
import type { PolicyRule } from './signal-policy';
import {
  CATEGORIES,
  IDEOLOGIES,
  MATCH_ACTIONS,
  SEVERITIES,
  SIGNAL_STATES,
  SIGNAL_TYPES,
  type MatchAction,
  type Severity,
} from './vocabulary';

/** More than a person keeps in view; the first rule that holds decides, so order matters. */
export const MAX_RULES = 50;
/** The largest radius that is searched (MAX_RADIUS of the index). */
const MAX_DISTANCE = 64;
const MAX_MEMBERS = 200;

type Check = (value: unknown) => string | undefined;

/** What each condition's members may be; the words for what they must be. */
const MEMBERS: Readonly<Record<string, { readonly holds: (value: string) => boolean; readonly words: string }>> = {
  lists: { holds: isUuid, words: 'the id of a list' },
  types: oneOf(SIGNAL_TYPES),
  states: oneOf(SIGNAL_STATES),
  categories: oneOf(CATEGORIES),
  ideologies: oneOf(IDEOLOGIES),
  behaviours: {
    holds: (value) => /^[a-z0-9][a-z0-9_-]{0,63}$/.test(value),
    words: 'a label in lower case with dashes',
  },
  incidents: { holds: (value) => isText(value, 100), words: 'an incident tag of at most 100 characters' },
};

const SCALARS: Readonly<Record<string, Check>> = {
  name: (value) => (isText(value, 100) ? undefined : 'a rule has a name of 1 to 100 characters'),
  action: (value) => (isOneOf(MATCH_ACTIONS, value) ? undefined : `one of ${MATCH_ACTIONS.join(', ')}`),
  minSeverity: (value) => (isOneOf(SEVERITIES, value) ? undefined : `one of ${SEVERITIES.join(', ')}`),
  maxDistance: (value) =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_DISTANCE
      ? undefined
      : `an integer of 0 to ${MAX_DISTANCE}: bits that differ`,
  reviewed: (value) => (typeof value === 'boolean' ? undefined : 'true or false'),
};

/**
 * The rules in `value`, members in one order and nothing else in them.
 * @param pointer JSON Pointer of `value` in the request, which the faults begin with.
 * @throws DomainError `request.invalid` with every fault and where it is. Whether the lists exist is not known here.
 */
export function parseRules(value: unknown, pointer = '/rules'): PolicyRule[] {
  const faults: FieldFault[] = [];
  const fault = (at: string, detail: string): void => void faults.push({ pointer: `${pointer}${at}`, detail });
  if (!Array.isArray(value)) fault('', 'a list of rules');
  const rules: readonly unknown[] = Array.isArray(value) ? value : [];
  if (Array.isArray(value) && (rules.length === 0 || rules.length > MAX_RULES)) fault('', `1 to ${MAX_RULES} rules`);
  const parsed = rules.slice(0, MAX_RULES).map((rule, index) => parseRule(rule, `/${index}`, fault));
  const names = parsed.map(({ name }) => name);
  for (const [index, name] of names.entries())
    if (names.indexOf(name) < index) fault(`/${index}/name`, 'another rule has this name');
  if (faults.length > 0) throw new DomainError('request.invalid', {}, faults.slice(0, 100));
  return parsed;
}

function parseRule(value: unknown, at: string, fault: (at: string, detail: string) => void): PolicyRule {
  if (!isRecord(value)) {
    fault(at, 'a rule is an object');
    return { name: at, action: 'review' };
  }
  const given = new Map<string, unknown>(Object.entries(value).filter(([, member]) => member !== undefined));
  for (const name of given.keys())
    if (!Object.hasOwn(MEMBERS, name) && !Object.hasOwn(SCALARS, name))
      fault(`${at}/${escapeToken(name.toWellFormed().slice(0, 100))}`, 'a rule has no such member');
  for (const [name, check] of Object.entries(SCALARS)) {
    const isNeeded = name === 'name' || name === 'action';
    const wrong = given.has(name) || isNeeded ? check(given.get(name)) : undefined;
    if (wrong) fault(`${at}/${name}`, wrong);
  }
  const conditions: Record<string, readonly string[]> = {};
  for (const name of Object.keys(MEMBERS))
    if (given.has(name)) conditions[name] = parseMembers(name, given.get(name), `${at}/${name}`, fault);
  return {
    // What is of another type here has been found faulty above, and nothing is returned.
    name: typeof given.get('name') === 'string' ? String(given.get('name')).trim() : at,
    action: given.get('action') as MatchAction,
    ...conditions,
    ...(given.has('minSeverity') ? { minSeverity: given.get('minSeverity') as Severity } : {}),
    ...(given.has('maxDistance') ? { maxDistance: Number(given.get('maxDistance')) } : {}),
    ...(given.has('reviewed') ? { reviewed: given.get('reviewed') === true } : {}),
  };
}

function parseMembers(
  name: string,
  value: unknown,
  at: string,
  fault: (at: string, detail: string) => void,
): readonly string[] {
  const rule = MEMBERS[name];
  const members: readonly unknown[] = Array.isArray(value) ? value : [];
  // A condition without members would never hold; who wants none leaves it out.
  if (members.length === 0 || members.length > MAX_MEMBERS)
    fault(at, `a list of 1 to ${MAX_MEMBERS} members, or leave the condition out`);
  for (const [index, member] of members.slice(0, MAX_MEMBERS).entries()) {
    if (typeof member !== 'string' || !rule?.holds(member)) fault(`${at}/${index}`, rule?.words ?? 'a text');
    else if (members.indexOf(member) < index) fault(`${at}/${index}`, 'is named twice');
  }
  return members.filter((member) => typeof member === 'string');
}

function oneOf(list: readonly string[]): { holds: (value: string) => boolean; words: string } {
  return { holds: (value) => list.includes(value), words: `one of ${list.join(', ')}` };
}

const isOneOf = (list: readonly string[], value: unknown): boolean => typeof value === 'string' && list.includes(value);

/** Something to read, of at most so many characters, that UTF-8 and the database can keep, on one line. */
const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' &&
  value.trim().length > 0 &&
  value.length <= most &&
  value.isWellFormed() &&
  !/\p{Cc}/u.test(value);
