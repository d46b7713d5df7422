import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { PagerKind } from '../../domain/vocabulary';

export const PAGE_PRIORITIES = ['normal', 'urgent'] as const;
export type PagePriority = (typeof PAGE_PRIORITIES)[number];

/** What a body or one of its people is called by. Its settings, the address too, lie wrapped under the master key. */
@Entity('pager')
@Index('pager_organisation', ['organisationId', 'createdAt'])
export class Pager {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pager_pk' })
  id!: string;

  @Column({ type: 'uuid', name: 'organisation_id' })
  organisationId!: string;

  /** Null: of nobody in particular, as a duty telephone. */
  @Column({ type: 'uuid', name: 'person_id', nullable: true })
  personId!: string | null;

  @Column({ type: 'text' })
  kind!: PagerKind;

  @Column({ type: 'text' })
  label!: string;

  @Column({ type: 'text', name: 'key_id' })
  keyId!: string;

  @Column({ type: 'bytea', name: 'settings_wrapped' })
  settingsWrapped!: Buffer;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'removed_at', precision: 3, nullable: true })
  removedAt!: Date | null;
}

/** One call of one pager. Of one key it is called once, however often somebody asks. */
@Entity('page')
@Unique('page_key_once', ['pagerId', 'key'])
@Index('page_organisation', ['organisationId', 'createdAt'])
export class Page {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'page_pk' })
  id!: string;

  @Column({ type: 'uuid', name: 'pager_id' })
  pagerId!: string;

  @Column({ type: 'uuid', name: 'organisation_id' })
  organisationId!: string;

  @Column({ type: 'text' })
  key!: string;

  @Column({ type: 'text' })
  text!: string;

  @Column({ type: 'text' })
  priority!: PagePriority;

  @Column({ type: 'text' })
  state!: 'waiting' | 'sent' | 'failed';

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'ended_at', precision: 3, nullable: true })
  endedAt!: Date | null;
}

@Entity('page_attempt')
export class PageAttempt {
  @PrimaryColumn('uuid', { name: 'page_id', primaryKeyConstraintName: 'page_attempt_pk' })
  pageId!: string;

  @PrimaryColumn('int', { name: 'attempt_no', primaryKeyConstraintName: 'page_attempt_pk' })
  attemptNo!: number;

  @Column({ type: 'timestamptz', precision: 3 })
  at!: Date;

  @Column({ type: 'text' })
  outcome!: 'sent' | 'failed' | 'refused';

  @Column({ type: 'int', nullable: true })
  status!: number | null;

  @Column({ type: 'text', nullable: true })
  problem!: string | null;
}
