import { Injectable, type OnModuleInit } from '@nestjs/common';
import { minutesLeft } from '../../domain/clock';
import { nextStepAt, reachedSteps, stepsOf, type Progress, type ReachedStep } from '../../domain/escalation';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Tx } from '../../infra/database/work';
import { JobRegistry } from '../../infra/jobs/jobs';
import { log } from '../../infra/log';
import { append } from '../../ledger/append';
import { LIFE_THREAT } from '../../notices/life-threat/life-threat-job';
import type { ContactLanguage } from '../deliveries.entity';
import { pageText } from '../words';
import { callPeople } from './calling-people';
import { DUTY_WORDS } from './duty-words';
import { lockDue, matterOf, stepsTaken, type EscalationRow, type Matter } from './escalation-facts';
import { goOverNextChannel } from './next-channel.service';
import { dutyOf, type Duty } from './rosters';

/** Looked at in one turn; those that are taken by another node meanwhile are passed over. */
const BATCH = 100;
/** After a step that could not be taken, so that the one at fault keeps no other waiting. */
const AGAIN_AFTER_MS = 30_000;
/** Who may sign an order. */
const SIGNERS = ['analyst', 'supervisor'] as const;

/** Calls the next when nobody has acknowledged. Whoever looks first takes a step, and it is taken once. */
@Injectable()
export class Escalating implements OnModuleInit {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly jobs: JobRegistry,
  ) {}

  onModuleInit(): void {
    // A threat to life waits for no turn: its first calls are made by a job of its own.
    this.jobs.register(
      LIFE_THREAT,
      async ({ reportId }) => {
        if (reportId) await this.callFor(reportId);
      },
      { pace: 'urgent' },
    );
  }

  /** Every step that is due at `now`. Returns whether more may be. */
  async escalateDue(now: Date): Promise<{ readonly steps: number; readonly isBehind: boolean }> {
    const due = await this.work.glance((tx) =>
      tx.query<{ id: string }[]>('select id from escalation where next_at <= $1 order by next_at limit $2', [
        now,
        BATCH,
      ]),
    );
    let steps = 0;
    for (const { id } of due) steps += await this.escalate(id, now);
    return { steps, isBehind: due.length === BATCH };
  }

  private async callFor(reportId: string): Promise<void> {
    const now = this.clock.now();
    const open = await this.work.glance((tx) =>
      tx.query<{ id: string }[]>('select id from escalation where report_id = $1 and next_at <= $2', [reportId, now]),
    );
    for (const { id } of open) await this.escalate(id, now);
  }

  private async escalate(id: string, now: Date): Promise<number> {
    try {
      return await this.work.asWorker(async (tx) => {
        const row = await lockDue(tx, id, now);
        return row ? advance(tx, row, now) : 0;
      });
    } catch (error) {
      log.error({ event: 'escalation.failed', escalationId: id, err: error });
      const again = new Date(now.getTime() + AGAIN_AFTER_MS);
      await this.work.asWorker((tx) =>
        tx.query('update escalation set next_at = $2 where id = $1 and next_at <= $3', [id, again, now]),
      );
      return 0;
    }
  }
}

async function advance(tx: Tx, row: EscalationRow, now: Date): Promise<number> {
  const matter = await matterOf(tx, row);
  const before: Progress = { done: await stepsTaken(tx, row.id), isAcknowledged: matter.isAcknowledged };
  if (matter.isSettled) {
    await end(tx, row, now, 'settled');
    return 0;
  }
  const duty = await dutyOf(tx, row.organisationId, now);
  const steps = stepsOf({ side: row.side, startedAt: row.startedAt, run: matter.run }, duty.settings);
  const reached = reachedSteps(steps, before, now);
  for (const step of reached) await take(tx, { row, matter, duty, now }, step);
  const done = [...before.done, ...reached.map(({ step }) => step)];
  const nextAt = nextStepAt(steps, { ...before, done });
  if (nextAt) await tx.query('update escalation set next_at = $2 where id = $1', [row.id, nextAt]);
  else await end(tx, row, now, matter.isAcknowledged ? 'acknowledged' : 'exhausted');
  return reached.length;
}

const end = (tx: Tx, { id }: EscalationRow, at: Date, reason: string): Promise<unknown> =>
  tx.query('update escalation set next_at = null, ended_at = $2, end_reason = $3 where id = $1', [id, at, reason]);

interface Occasion {
  readonly row: EscalationRow;
  readonly matter: Matter;
  readonly duty: Duty;
  readonly now: Date;
}

/** The entry is for the organisation whose people are called: whom an authority wakes is no business of a platform. */
async function take(tx: Tx, occasion: Occasion, { step, act, at, stale }: ReachedStep): Promise<void> {
  const { row, duty, now } = occasion;
  const channel = !stale && act === 'next_channel' && row.noticeId ? await goOverNextChannel(tx, row.noticeId) : null;
  const called =
    stale || act === 'next_channel'
      ? 0
      : await callPeople(tx, row.organisationId, duty, act, {
          ...wordsOf(occasion),
          key: `${row.id}:${step}`,
          at: now,
          roles: row.side === 'signer' ? SIGNERS : null,
          except: occasion.matter.except,
          // The telephone of a platform's contact point was called when the notice was delivered.
          mayCallDutyTelephone: row.side !== 'recipient' || step !== 'officer',
        });
  await tx.query(
    `insert into escalation_step (escalation_id, step, act, due_at, written_at, stale, called, channel)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [row.id, step, act, at, now, stale, called, channel],
  );
  await append(tx, {
    kind: 'escalation.step',
    actor: 'service',
    at,
    subjects: {
      escalation: row.id,
      notice: row.noticeId ?? undefined,
      ping: row.pingId ?? undefined,
      report: row.reportId ?? undefined,
      receivedOrder: row.receivedOrderId ?? undefined,
    },
    dims: { side: row.side, step, act, stale, called, channel },
    audience: [row.organisationId],
  });
}

/** No content, no name: it stands on locked screens and passes through others' systems. */
function wordsOf({ row, matter, now }: Occasion): {
  readonly textIn: (language: ContactLanguage) => string;
  readonly priority: 'normal' | 'urgent';
} {
  if (row.side === 'life_threat') return { textIn: (one) => DUTY_WORDS[one].lifeThreat, priority: 'urgent' };
  if (row.side === 'received_order') return { textIn: (one) => DUTY_WORDS[one].received, priority: 'urgent' };
  if (row.side === 'contact') return { textIn: (one) => DUTY_WORDS[one].unanswered, priority: 'normal' };
  if (row.side === 'signer') return { textIn: (one) => DUTY_WORDS[one].signature, priority: 'urgent' };
  const kind = matter.noticeKind ?? 'referral';
  const priority = kind === 'removal_order' ? 'urgent' : 'normal';
  if (row.side === 'unreached') return { textIn: (one) => DUTY_WORDS[one].unreached, priority };
  const left = matter.run ? minutesLeft(matter.run, now) : null;
  return {
    textIn: (one) => pageText({ event: 'notice.sent', kind }, left, one),
    priority,
  };
}
