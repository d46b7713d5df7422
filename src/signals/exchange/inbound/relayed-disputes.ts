import { v7 as uuidv7 } from 'uuid';
import { disputeDueAt } from '../../../domain/signal-lifecycle';
import type { LedgerKind } from '../../../domain/ledger-kinds';
import { disputesLeft } from '../../defence/say';
import { appendChange, concerned, type Touched } from '../../store/entries';
import { isWritable } from '../../store/list-access';
import type { Turn } from './turn';

export interface Relayed {
  readonly disputed: readonly string[];
  readonly undisputed: readonly string[];
  /** Signals of which a dispute is not handed on, because the subscriber's quota of disputes is spent. */
  readonly left: readonly string[];
}

const NOTHING_RELAYED: Relayed = { disputed: [], undisputed: [], left: [] };

interface Turned extends Touched {
  readonly outcome: 'opened' | 'ended' | 'left';
}

/**
 * The list, then what the organisation contributes, then what it says, each before any hash: in this order everybody waits. Whoever
 * contributes first and asks for a dispute then would wait for a person who says something of one of these hashes, and that person for it.
 */
export async function takeTurns({ tx, actor, source }: Turn): Promise<void> {
  await isWritable(tx, source.list_id);
  for (const what of ['signal-quota:', 'signal-said:'])
    await tx.query(`select pg_advisory_xact_lock(hashtextextended($1 || $2, 0))`, [what, actor.organisationId]);
}

/**
 * A dispute at the source is handed on as what it is: a dispute about the hash here too, in nobody's name of this service, which
 * bears the names and reasons of all the subscriber's sources that say so, and which a person here can decide. It ends when the
 * last of them says so no more. To be asked after every change of what a source says of these signals. The disputes are the
 * subscriber's to answer for: it opens no more of them than it could by hand.
 */
export async function relayDisputes(turn: Turn, signalIds: readonly string[]): Promise<Relayed> {
  const { tx, actor, source, at } = turn;
  const about = [...new Set(signalIds)];
  if (about.length === 0) return NOTHING_RELAYED;
  const most = await disputesLeft(tx, actor, at);
  const turned = await tx.query<Turned[]>(
    'select signal_id as id, signal_type as type, outcome from exchange_relay($1, $2, $3, $4, $5, $6)',
    [source.id, about, about.map(() => uuidv7()), most, at, disputeDueAt(at)],
  );
  const by = Map.groupBy(turned, ({ outcome }) => outcome);
  const idsOf = (outcome: Turned['outcome']): string[] => (by.get(outcome) ?? []).map(({ id }) => id);
  await say(turn, 'signal.disputed', by.get('opened') ?? []);
  await say(turn, 'signal.opinion-retracted', by.get('ended') ?? []);
  return { disputed: idsOf('opened'), undisputed: idsOf('ended'), left: idsOf('left') };
}

/** To everybody concerned: whoever hears that a hash is disputed hears of the end of it. */
async function say({ tx, actor, source, at }: Turn, kind: LedgerKind, signals: readonly Touched[]): Promise<void> {
  if (signals.length === 0) return;
  const about = signals.map(({ id }) => ({ signalId: id, listId: source.list_id }));
  await appendChange(tx, {
    kind,
    actor,
    at,
    signals,
    subjects: { exchangeSource: source.id },
    dims: { reason: null, because: 'source' },
    lists: [source.list_id],
    audience: await concerned(tx, about),
  });
}
