import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Competence, OrganisationKind, PlatformSize } from '../domain/vocabulary';
import type { Permission, Role } from '../domain/permissions';

@Entity('organisation')
@Unique('organisation_slug_unique', ['slug'])
export class Organisation {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'organisation_pk' })
  id!: string;

  @Column({ type: 'text' })
  kind!: OrganisationKind;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  slug!: string;

  @Column({ type: 'text', nullable: true })
  country!: string | null;

  @Column({ type: 'text', array: true, default: '{}' })
  competences!: Competence[];

  @Column({ type: 'text', name: 'platform_size', nullable: true })
  platformSize!: PlatformSize | null;

  @Column({ type: 'text', default: 'active' })
  status!: 'active' | 'provisional' | 'suspended';

  @Column({ type: 'int', default: 1 })
  version!: number;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;
}

@Entity('api_key')
@Unique('api_key_token_unique', ['tokenHash'])
@Index('api_key_organisation', ['organisationId', 'createdAt'])
export class ApiKey {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'api_key_pk' })
  id!: string;

  @Column({ type: 'uuid', name: 'organisation_id' })
  organisationId!: string;

  @Column({ type: 'text' })
  name!: string;

  /** The first characters of the key, so that a person recognises it in a list. */
  @Column({ type: 'text' })
  prefix!: string;

  @Column({ type: 'bytea', name: 'token_hash' })
  tokenHash!: Buffer;

  @Column({ type: 'text', array: true })
  permissions!: Permission[];

  @Column({ type: 'uuid', name: 'created_by' })
  createdBy!: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', name: 'revoked_at', precision: 3, nullable: true })
  revokedAt!: Date | null;
}

@Entity('membership')
@Index('membership_person', ['personId'])
export class Membership {
  @PrimaryColumn('uuid', { name: 'organisation_id', primaryKeyConstraintName: 'membership_pk' })
  organisationId!: string;

  @PrimaryColumn('uuid', { name: 'person_id', primaryKeyConstraintName: 'membership_pk' })
  personId!: string;

  @Column({ type: 'text', array: true })
  roles!: Role[];

  @Column({ type: 'text', nullable: true })
  office!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'ended_at', precision: 3, nullable: true })
  endedAt!: Date | null;
}

@Entity('approval')
@Index('approval_organisation', ['organisationId', 'askedAt'])
@Index('approval_open_once', ['organisationId', 'verb', 'subjectId'], { unique: true, where: 'decision is null' })
export class Approval {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'approval_pk' })
  id!: string;

  @Column({ type: 'uuid', name: 'organisation_id' })
  organisationId!: string;

  @Column({ type: 'text' })
  verb!: string;

  @Column({ type: 'uuid', name: 'subject_id' })
  subjectId!: string;

  @Column({ type: 'text' })
  reason!: string;

  @Column({ type: 'uuid', name: 'asked_by' })
  askedBy!: string;

  @Column({ type: 'timestamptz', name: 'asked_at', precision: 3 })
  askedAt!: Date;

  @Column({ type: 'text', nullable: true })
  decision!: 'approved' | 'refused' | null;

  @Column({ type: 'uuid', name: 'decided_by', nullable: true })
  decidedBy!: string | null;

  @Column({ type: 'timestamptz', name: 'decided_at', precision: 3, nullable: true })
  decidedAt!: Date | null;
}
