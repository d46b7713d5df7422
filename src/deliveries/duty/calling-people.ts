import type { EscalationAct } from '../../domain/escalation';
import type { Tx } from '../../infra/database/work';
import type { ContactLanguage } from '../deliveries.entity';
import { page, type PageWords } from '../pagers/paging';
import { onDuty, type Duty } from './rosters';

export interface Call extends Omit<PageWords, 'text'> {
  readonly textIn: (language: ContactLanguage) => string;
  /** Who is not to be called: whoever asked for the signature of an order cannot give it. */
  readonly except: string | null;
  /** Who alone may act on it, by their roles; null for everybody. */
  readonly roles: readonly string[] | null;
  /** A telephone of nobody in particular, where nobody on duty has a pager of their own. */
  readonly mayCallDutyTelephone: boolean;
}

interface Called {
  readonly personId: string;
  readonly language: ContactLanguage;
}

/** Those who can be called now, in order, each in the language of their entry or of the roster's first. */
function callable(duty: Duty, { at, except, roles }: Call): Called[] {
  const standard = duty.members[0]?.pageLanguage ?? 'en';
  const mayAct = (personId: string): boolean =>
    personId !== except &&
    (roles === null ||
      duty.people.some((one) => one.personId === personId && one.roles.some((role) => roles.includes(role))));
  return onDuty(duty, at)
    .filter(({ personId }) => mayAct(personId))
    .map(({ personId, memberId }) => ({
      personId,
      language: duty.members.find(({ id }) => id === memberId)?.pageLanguage ?? standard,
    }));
}

/**
 * Does what a step says: calls one person, and whoever comes next where that one has no pager; or all of them.
 * @returns how many pagers were called
 */
export async function callPeople(
  tx: Tx,
  organisationId: string,
  duty: Duty,
  act: Exclude<EscalationAct, 'next_channel'>,
  call: Call,
): Promise<number> {
  const chain = callable(duty, call);
  const [first, ...rest] = chain;
  const isSupervisor = ({ personId }: Called): boolean =>
    duty.people.some((one) => one.personId === personId && one.roles.includes('supervisor'));
  const ring = ({ personId, language }: { personId: string | null; language: ContactLanguage }): Promise<number> =>
    page(tx, { organisationId, personId }, { ...call, text: call.textIn(language) });
  const telephone = { personId: null, language: first?.language ?? duty.members[0]?.pageLanguage ?? 'en' };
  if (act === 'everyone') {
    let called = await ring(telephone);
    for (const one of chain) called += await ring(one);
    return called;
  }
  const order = {
    officer: chain,
    second_person: rest.length > 0 ? rest : chain,
    supervisor: [...chain.filter(isSupervisor), ...chain.filter((one) => !isSupervisor(one))],
  }[act];
  for (const one of order) {
    const called = await ring(one);
    if (called > 0) return called;
  }
  return call.mayCallDutyTelephone ? ring(telephone) : 0;
}
