import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ReinstatementGround, ReinstatementOutcome } from '../domain/vocabulary';

/** What a platform is asked to put back, and what it did about it. */
@Entity('reinstatement')
@Index('reinstatement_one_open', ['noticeId', 'itemId'], { unique: true, where: 'outcome is null' })
export class Reinstatement {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'reinstatement_pk' })
  id!: string;

  @Column({ type: 'uuid', name: 'notice_id' })
  noticeId!: string;

  @Column({ type: 'uuid', name: 'item_id' })
  itemId!: string;

  @Column({ type: 'text' })
  ground!: ReinstatementGround;

  @Column({ type: 'timestamptz', name: 'asked_at', precision: 3 })
  askedAt!: Date;

  @Column({ type: 'text', nullable: true })
  outcome!: ReinstatementOutcome | null;

  @Column({ type: 'text', nullable: true })
  reason!: string | null;

  /** When it was back, as the platform says. */
  @Column({ type: 'timestamptz', name: 'done_at', precision: 3, nullable: true })
  doneAt!: Date | null;

  /** When we were told. */
  @Column({ type: 'timestamptz', name: 'answered_at', precision: 3, nullable: true })
  answeredAt!: Date | null;
}
