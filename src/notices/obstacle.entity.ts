import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ObstacleGround, ObstacleKind } from '../domain/vocabulary';

/** Annex III: why a notice cannot be acted on. While one is open the clock does not run. */
@Entity('notice_obstacle')
@Index('notice_obstacle_one_open', ['noticeId'], { unique: true, where: 'ended_at is null' })
export class Obstacle {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'notice_obstacle_pk' })
  id!: string;

  @Column({ type: 'uuid', name: 'notice_id' })
  noticeId!: string;

  @Column({ type: 'text' })
  kind!: ObstacleKind;

  @Column({ type: 'text' })
  ground!: ObstacleGround;

  @Column({ type: 'text' })
  explanation!: string;

  /** For a clarification: what the platform needs to know. */
  @Column({ type: 'text', nullable: true })
  needed!: string | null;

  /** From when on it kept the platform from acting, as the platform says. */
  @Column({ type: 'timestamptz', precision: 3 })
  since!: Date;

  /** When we were told. */
  @Column({ type: 'timestamptz', name: 'raised_at', precision: 3 })
  raisedAt!: Date;

  @Column({ type: 'text', nullable: true })
  clarification!: string | null;

  /** When the sender gave it; it counts from its receipt. */
  @Column({ type: 'timestamptz', name: 'clarified_at', precision: 3, nullable: true })
  clarifiedAt!: Date | null;

  /** When it ceased, or the clarification was received: the clock begins again here. */
  @Column({ type: 'timestamptz', name: 'ended_at', precision: 3, nullable: true })
  endedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'end_recorded_at', precision: 3, nullable: true })
  endRecordedAt!: Date | null;
}
