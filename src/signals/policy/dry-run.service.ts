import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import type { PolicyRule } from '../../domain/signal-policy';
import { quotaDay as startOfDay } from '../../domain/signal-trust';
import type { MatchAction, MatchSource, SignalType } from '../../domain/vocabulary';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { mapInTurns } from '../../infra/turn';
import { readKnown } from '../matching/database-answers';
import { Directory } from '../matching/directory.service';
import { toMatch, type KnownSignal } from '../matching/known-signal';
import { requirePolicy } from './policies.service';
import type { ActionCounts, ChangedMatch, DryRunAnswer, DryRunDto } from './policy.dto';

const DAY_MS = 86_400_000;
const LONGEST_MS = 31 * DAY_MS;
/** The newest so many rows of the time asked for; beyond it the answer says that it is cut. */
const MOST_ROWS = 50_000;
const SHOWN = 200;
const SIGNALS_AT_ONCE = 5_000;
const SLICE = 500;

const UNKNOWN = [
  'What was done is as it was recorded. What would be done follows from what is known of the signals today: labels, opinions and states of that day are not kept.',
  'Questions that found nothing are not kept, so what a larger distance would have found is not known.',
];

interface MatchRow {
  readonly id: string;
  readonly signal_id: string;
  readonly type: SignalType;
  readonly distance: number;
  readonly action: MatchAction;
  readonly source: MatchSource;
  readonly times: number;
  readonly found_at: Date;
}

interface Tally {
  matches: number;
  undecidable: number;
  changed: number;
  readonly before: ActionCounts;
  readonly after: ActionCounts;
  readonly changes: ChangedMatch[];
}

/** What a policy would have done with the matches that were found. Changes nothing but that the policy was tried. */
@Injectable()
export class DryRun {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly directory: Directory,
  ) {}

  async run(actor: Actor, policyId: string, dto: DryRunDto): Promise<DryRunAnswer> {
    const { from, to } = windowOf(dto, this.clock.now());
    await this.directory.ready();
    return this.work.aside(actor, async (tx) => {
      const { rules } = await requirePolicy(tx, policyId);
      const rows = await recorded(tx, actor, from, to);
      const kept = rows.slice(0, MOST_ROWS);
      const signals = await signalsOf(tx, kept);
      const tally = await this.decideAll(actor, rules, kept, signals);
      await tx.query('update signal_policy set tried_at = $2 where id = $1', [policyId, this.clock.now()]);
      const cut = `There are more than ${MOST_ROWS} recorded matches in this time: the newest were looked at.`;
      return {
        policyId,
        from: from.toISOString(),
        to: to.toISOString(),
        ...tally,
        notes: rows.length > MOST_ROWS ? [...UNKNOWN, cut] : UNKNOWN,
      };
    });
  }

  private async decideAll(
    actor: Actor,
    rules: readonly PolicyRule[],
    rows: readonly MatchRow[],
    signals: ReadonlyMap<string, KnownSignal>,
  ): Promise<Tally> {
    const none = (): ActionCounts => ({ block: 0, review: 0, ignore: 0 });
    const tally: Tally = { matches: 0, undecidable: 0, changed: 0, before: none(), after: none(), changes: [] };
    const asker = this.directory.asker(actor);
    await mapInTurns(rows, SLICE, (row) => {
      const signal = signals.get(row.signal_id);
      const match =
        signal && toMatch({ signal, distance: row.distance }, asker, this.directory, { version: null, rules });
      count(tally, row, match);
    });
    return tally;
  }
}

function count(tally: Tally, row: MatchRow, now: { action: MatchAction; because: string } | undefined): void {
  tally.matches += row.times;
  if (!now) {
    tally.undecidable += row.times;
    return;
  }
  tally.before[row.action] += row.times;
  tally.after[now.action] += row.times;
  if (now.action === row.action) return;
  tally.changed += row.times;
  if (tally.changes.length === SHOWN) return;
  tally.changes.push({
    matchId: row.id,
    signalId: row.signal_id,
    type: row.type,
    distance: row.distance,
    source: row.source,
    times: row.times,
    foundAt: row.found_at.toISOString(),
    before: row.action,
    after: now.action,
    because: now.because,
  });
}

/** Yesterday, in UTC, unless told; at most 31 days. */
function windowOf(dto: DryRunDto, now: Date): { from: Date; to: Date } {
  const today = startOfDay(now);
  const to = dto.to ?? (dto.from ? new Date(Math.min(now.getTime(), dto.from.getTime() + LONGEST_MS)) : today);
  const from = dto.from ?? new Date(to.getTime() - DAY_MS);
  if (from >= to) throw new DomainError('request.invalid', {}, [{ pointer: '/from', detail: 'lies before `to`' }]);
  if (to.getTime() - from.getTime() > LONGEST_MS)
    throw new DomainError('request.invalid', {}, [{ pointer: '/to', detail: 'at most 31 days after `from`' }]);
  return { from, to };
}

const recorded = (tx: Tx, actor: Actor, from: Date, to: Date): Promise<MatchRow[]> =>
  tx.query(
    `select id, signal_id, type, distance, action, source, times, found_at from signal_match
     where organisation_id = $1 and found_at >= $2 and found_at < $3 order by found_at desc, id desc limit $4`,
    [actor.organisationId, from, to, MOST_ROWS + 1],
  );

async function signalsOf(tx: Tx, rows: readonly MatchRow[]): Promise<ReadonlyMap<string, KnownSignal>> {
  const ids = [...new Set(rows.map((row) => row.signal_id))];
  const known = new Map<string, KnownSignal>();
  for (let at = 0; at < ids.length; at += SIGNALS_AT_ONCE)
    for (const [id, signal] of await readKnown(tx, ids.slice(at, at + SIGNALS_AT_ONCE))) known.set(id, signal);
  return known;
}
