import type { SignalType } from '../../../src/domain/vocabulary';
import type { Clepsydra } from '../clepsydra';
import { ProblemError } from '../errors';
import type { NewExhibitSignals, NewHash } from '../signal-api';
import { EXIT, type ExitCode } from './exit';
import { table, type Output } from './output';

/** A hash and what it was read from. */
export interface Source {
  readonly name: string;
  readonly hash: NewHash;
}

/** What became of one hash, or of `count` that a batch tells no more of. */
export interface Given {
  readonly name: string;
  readonly type: SignalType | null;
  readonly value: string | null;
  readonly outcome: 'contributed' | 'already' | 'quarantined' | 'refused';
  readonly count: number;
  readonly signalId: string | null;
  readonly state: string | null;
  readonly code: string | null;
  readonly detail: string | null;
}

/** The server takes so many in one request. */
const BATCH = 10_000;
const NOTHING = { count: 1, signalId: null, state: null, code: null, detail: null } as const;

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export async function giveExhibit(client: Clepsydra, id: string, saying: NewExhibitSignals): Promise<Given[]> {
  const { signals } = await client.signals.contributeExhibit(id, saying);
  return signals.map(({ type, outcome, signalId, code, detail }) => ({
    ...NOTHING,
    name: id,
    type,
    value: null,
    outcome,
    signalId: signalId ?? null,
    code: code ?? null,
    detail: detail ?? null,
  }));
}

export async function giveSingly(
  client: Clepsydra,
  sources: readonly Source[],
  saying: NewExhibitSignals,
): Promise<Given[]> {
  const given: Given[] = [];
  for (const { name, hash } of sources) {
    const last = given.at(-1);
    // What is left of the day's quota is nothing: the rest would be told the same.
    const answer =
      last?.code === 'signal.quota-spent'
        ? { ...last, type: hash.type, value: hash.value }
        : await giveOne(client, hash, saying);
    given.push({ ...answer, name });
  }
  return given;
}

async function giveOne(client: Clepsydra, hash: NewHash, saying: NewExhibitSignals): Promise<Omit<Given, 'name'>> {
  const base = { ...NOTHING, type: hash.type, value: hash.value };
  try {
    const signal = await client.signals.contribute({ ...hash, ...saying });
    const own = signal.contributions.some(({ state }) => state === 'quarantined');
    return { ...base, outcome: own ? 'quarantined' : 'contributed', signalId: signal.id, state: signal.state };
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status < 400 || error.status >= 500) throw error;
    if (error.code === 'signal.contributed-already')
      return { ...base, outcome: 'already', signalId: textOf(error.details['signalId']) };
    // What concerns the asker rather than this hash concerns every other hash too.
    if (!error.code.startsWith('signal.')) throw error;
    return { ...base, outcome: 'refused', code: error.code, detail: textOf(error.details['detail']) ?? error.title };
  }
}

export async function giveBatch(
  client: Clepsydra,
  sources: readonly Source[],
  about: NewExhibitSignals,
): Promise<Given[]> {
  const { note: _, ...saying } = about;
  const given: Given[] = [];
  for (let from = 0; from < sources.length; from += BATCH) {
    const part = sources.slice(from, from + BATCH);
    const answer = await client.signals.contributeBatch({ ...saying, signals: part.map(({ hash }) => hash) });
    for (const outcome of ['contributed', 'already', 'quarantined'] as const) {
      const count = answer[outcome];
      if (count > 0) given.push({ ...NOTHING, name: 'batch', type: null, value: null, outcome, count });
    }
    for (const { index, code, detail } of answer.refused) {
      const { name, hash } = part[index] ?? { name: 'batch', hash: { type: null, value: null } };
      given.push({ ...NOTHING, name, type: hash.type, value: hash.value, outcome: 'refused', code, detail });
    }
  }
  return given;
}

/** Prints what became of everything. Refused in part is not refused: what stands, stands. */
export function tell(given: readonly Given[], output: Output): ExitCode {
  const count = (outcome: Given['outcome']): number =>
    given.reduce((sum, each) => sum + (each.outcome === outcome ? each.count : 0), 0);
  const totals = {
    contributed: count('contributed'),
    already: count('already'),
    quarantined: count('quarantined'),
    refused: count('refused'),
  };
  output.result({ ...totals, hashes: given }, () => [
    ...table(
      given.map(({ outcome, type, value, name, signalId, state, code, detail, count: many }) => [
        output.paint(outcome === 'refused' ? 'red' : outcome === 'quarantined' ? 'yellow' : 'green', outcome),
        type ?? `${many} hashes`,
        value === null ? name : `${value.slice(0, 16)}…`,
        signalId === null ? '' : `signal ${signalId}`,
        [state, detail, code === null ? null : `(${code})`].filter((word) => word !== null).join(' '),
      ]),
    ),
    ...(totals.quarantined > 0 ? ['Quarantined hashes match nothing until the operator has looked at them.'] : []),
  ]);
  if (totals.refused === 0) return EXIT.ok;
  return totals.contributed + totals.already + totals.quarantined > 0 ? EXIT.partly : EXIT.refused;
}
