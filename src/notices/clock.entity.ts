import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Correction, DeadlineFact, Mark } from '../domain/clock';
import type { StaffedHours } from '../domain/staffed-hours';
import type { ClockKind } from '../domain/vocabulary';

/** `impossible`, `clarification`: the run was halted by an obstacle; another begins when it ends. `voided`: its receipt was none. */
export const CLOCK_ENDS = [
  'answered',
  'withdrawn',
  'annulled',
  'restarted',
  'impossible',
  'clarification',
  'voided',
] as const;
export type ClockEnd = (typeof CLOCK_ENDS)[number];

/**
 * The clock of one notice and its present run. `nextMarkAt` is what the ticker looks for; a clock that was stopped keeps it
 * as long as a mark that was reached before the stop has not been written.
 */
@Entity('clock')
@Unique('clock_notice_once', ['noticeId'])
@Index('clock_next_mark', ['nextMarkAt'], { where: 'next_mark_at is not null' })
export class NoticeClock {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'clock_pk' })
  id!: string;

  @Column({ type: 'uuid', name: 'notice_id' })
  noticeId!: string;

  @Column({ type: 'uuid', name: 'sender_id' })
  senderId!: string;

  @Column({ type: 'uuid', name: 'recipient_id' })
  recipientId!: string;

  @Column({ type: 'text' })
  kind!: ClockKind;

  @Column({ type: 'text' })
  state!: 'running' | 'paused' | 'stopped';

  @Column({ type: 'int', name: 'run_no', default: 1 })
  runNo!: number;

  @Column({ type: 'int', name: 'target_ms' })
  targetMs!: number;

  @Column({ type: 'timestamptz', name: 'started_at', precision: 3 })
  startedAt!: Date;

  @Column({ type: 'timestamptz', name: 'due_at', precision: 3 })
  dueAt!: Date;

  @Column({ type: 'timestamptz', name: 'stopped_at', precision: 3, nullable: true })
  stoppedAt!: Date | null;

  /** From when on an obstacle halts it; or had halted it, when it was stopped while halted. */
  @Column({ type: 'timestamptz', name: 'paused_at', precision: 3, nullable: true })
  pausedAt!: Date | null;

  /** The hours of the contact point when the clock began; a later change concerns later clocks. */
  @Column({ type: 'jsonb', nullable: true })
  staffed!: StaffedHours | null;

  @Column({ type: 'smallint', name: 'last_mark', nullable: true })
  lastMark!: Mark | null;

  @Column({ type: 'timestamptz', name: 'next_mark_at', precision: 3, nullable: true })
  nextMarkAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  fact!: DeadlineFact | null;

  @Column({ type: 'timestamptz', name: 'fact_at', precision: 3, nullable: true })
  factAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  correction!: Correction | null;

  /** When it came out that the fact was no miss: every item had been dealt with in time, or the clock had not been running. */
  @Column({ type: 'timestamptz', name: 'corrected_at', precision: 3, nullable: true })
  correctedAt!: Date | null;
}
