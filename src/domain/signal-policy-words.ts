import { COLLISION_RESISTANT, type PolicyRule } from './signal-policy';
import type { MatchAction } from './vocabulary';

const WHAT: Readonly<Record<MatchAction, string>> = {
  block: 'Block',
  review: 'Hold for a person',
  ignore: 'Ignore',
};
const EVERY: Readonly<Record<MatchAction, string>> = {
  block: 'Block every match',
  review: 'Hold every match for a person',
  ignore: 'Ignore every match',
};

/** What no rule can lift; stands beneath every description. */
export const LIMITS_IN_WORDS: readonly string[] = [
  'A signal that is provisional, disputed or withdrawn never blocks: where a rule says so, it is held for a person.',
  'On a list whose owner asks for action without a person, two organisations must stand behind the hash.',
  'Where no rule holds, the match is ignored.',
];

/**
 * A rule set in plain words, one sentence a rule and in their order, for the person who answers for it.
 * @param listName what a list is called; its id where that is unknown.
 */
export function describeRules(
  rules: readonly PolicyRule[],
  listName: (id: string) => string | undefined = () => undefined,
): string[] {
  const catchAll = rules.findIndex((rule) => conditionsOf(rule, listName).length === 0);
  return rules.map((rule, index) => {
    const sentence = sentenceOf(rule, listName);
    if (catchAll !== -1 && index > catchAll)
      return `${sentence} (Never reached: “${rules[catchAll]?.name}” holds for everything.)`;
    return rule.action === 'block' && mayBeForged(rule)
      ? `${sentence} (Files with a given MD5 can be made at will: leave MD5 out of what blocks.)`
      : sentence;
  });
}

function sentenceOf(rule: PolicyRule, listName: (id: string) => string | undefined): string {
  const conditions = conditionsOf(rule, listName);
  const what = WHAT[rule.action];
  return conditions.length === 0
    ? `${rule.name}: ${EVERY[rule.action]}.`
    : `${rule.name}: ${what} if ${conditions.join(', and ')}.`;
}

function conditionsOf(rule: PolicyRule, listName: (id: string) => string | undefined): string[] {
  const { maxDistance, minSeverity, reviewed } = rule;
  return [
    ...listed(
      'it stands on',
      rule.lists?.map((id) => listName(id) ?? id),
    ),
    ...listed('the hash is', rule.types),
    ...listed('the signal is', rule.states),
    ...listed('its category is', rule.categories),
    ...listed('its ideology is', rule.ideologies),
    ...listed('its behaviour is', rule.behaviours),
    ...listed('its incident is', rule.incidents),
    ...(minSeverity === undefined ? [] : [`its severity is ${minSeverity} or more`]),
    ...(maxDistance === undefined ? [] : [maxDistance === 0 ? 'no bit differs' : `at most ${maxDistance} bits differ`]),
    ...(reviewed === undefined
      ? []
      : [reviewed ? 'a person has looked at the item' : 'no person has looked at the item']),
  ];
}

function listed(verb: string, values: readonly string[] | undefined): string[] {
  if (values === undefined) return [];
  const last = values.at(-1) ?? '';
  return [`${verb} ${values.length > 1 ? `${values.slice(0, -1).join(', ')} or ${last}` : last}`];
}

const mayBeForged = ({ types }: PolicyRule): boolean =>
  types === undefined ? !COLLISION_RESISTANT.includes('md5') : types.includes('md5');
