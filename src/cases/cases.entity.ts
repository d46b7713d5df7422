import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Breadth } from '../domain/broad-address';
import type { Category, Ideology, ItemKind, Pap, Tlp } from '../domain/vocabulary';

export type CaseState = 'open' | 'closed';
export type ItemState = 'open' | 'held' | 'closed';

@Entity('case_file')
@Unique('case_file_reference_unique', ['organisationId', 'reference'])
@Index('case_file_list', { synchronize: false })
export class CaseFile {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'case_file_pk' })
  id!: string;

  @Column({ type: 'uuid', name: 'organisation_id' })
  organisationId!: string;

  @Column({ type: 'text' })
  reference!: string;

  @Column({ type: 'text', default: 'open' })
  state!: CaseState;

  @Column({ type: 'text', nullable: true })
  title!: string | null;

  @Column({ type: 'text' })
  category!: Category;

  @Column({ type: 'text' })
  ideology!: Ideology;

  @Column({ type: 'text', default: 'und' })
  language!: string;

  @Column({ type: 'text', nullable: true })
  reasons!: string | null;

  @Column({ type: 'text', default: 'amber' })
  tlp!: Tlp;

  /** What may be done about it that the other side could notice: under amber and red no address in it is ever called. */
  @Column({ type: 'text', default: 'green' })
  pap!: Pap;

  /** How many exhibits were ever numbered in it. */
  @Column({ type: 'int', default: 0 })
  exhibits!: number;

  @Column({ type: 'int', default: 1 })
  version!: number;

  @Column({ type: 'timestamptz', name: 'opened_at', precision: 3 })
  openedAt!: Date;

  @Column({ type: 'uuid', name: 'opened_by', nullable: true })
  openedBy!: string | null;

  @Column({ type: 'timestamptz', name: 'closed_at', precision: 3, nullable: true })
  closedAt!: Date | null;
}

@Entity('content_item')
@Index('content_item_open_once', ['organisationId', 'identityDigest'], {
  unique: true,
  where: "(state <> 'closed'::text)",
})
@Index('content_item_history', { synchronize: false })
@Index('content_item_case', ['caseId', 'id'])
export class ContentItem {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'content_item_pk' })
  id!: string;

  @Column({ type: 'uuid', name: 'organisation_id' })
  organisationId!: string;

  @Column({ type: 'uuid', name: 'case_id' })
  caseId!: string;

  @Column({ type: 'text' })
  kind!: ItemKind;

  @Column({ type: 'uuid', name: 'platform_id', nullable: true })
  platformId!: string | null;

  /** Refanged, otherwise as it was given; what a notice sends. */
  @Column({ type: 'text' })
  address!: string;

  /** Equal for two addresses of the same thing. */
  @Column({ type: 'text' })
  identity!: string;

  @Column({ type: 'bytea', name: 'identity_digest' })
  identityDigest!: Buffer;

  @Column({ type: 'text' })
  state!: ItemState;

  @Column({ type: 'text', name: 'held_because', nullable: true })
  heldBecause!: Breadth | null;

  @Column({ type: 'timestamptz', name: 'uploaded_at', precision: 3, nullable: true })
  uploadedAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  note!: string | null;

  /** The same thing in an earlier case that is closed. */
  @Column({ type: 'uuid', name: 'previous_item_id', nullable: true })
  previousItemId!: string | null;

  /** The item that had gone and whose address is there again. */
  @Column({ type: 'uuid', name: 'reappeared_from', nullable: true })
  reappearedFrom!: string | null;

  @Column({ type: 'timestamptz', name: 'added_at', precision: 3 })
  addedAt!: Date;

  @Column({ type: 'uuid', name: 'added_by', nullable: true })
  addedBy!: string | null;

  @Column({ type: 'timestamptz', name: 'released_at', precision: 3, nullable: true })
  releasedAt!: Date | null;
}

@Entity('case_join')
@Index('case_join_item', ['itemId'])
export class CaseJoin {
  @PrimaryColumn('uuid', { name: 'case_id', primaryKeyConstraintName: 'case_join_pk' })
  caseId!: string;

  @PrimaryColumn('uuid', { name: 'item_id', primaryKeyConstraintName: 'case_join_pk' })
  itemId!: string;

  @Column({ type: 'uuid', name: 'organisation_id' })
  organisationId!: string;

  @Column({ type: 'timestamptz', name: 'joined_at', precision: 3 })
  joinedAt!: Date;
}
