import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** PostgreSQL's bigint arrives as text; sizes stay far below 2^53. */
const asNumber = {
  to: (value: unknown) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

export type ObjectState = 'pending' | 'sealed' | 'discarded';

@Entity('stored_object')
@Index('stored_object_unsealed', ['touchedAt'], { where: "(state <> 'sealed'::text)" })
export class StoredObject {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'stored_object_pk' })
  id!: string;

  @Column({ type: 'uuid', name: 'organisation_id' })
  organisationId!: string;

  /** Under whose key the data key is wrapped. The case's row comes later than this one. */
  @Column({ type: 'uuid', name: 'case_id' })
  caseId!: string;

  @Column({ type: 'text', default: 'pending' })
  state!: ObjectState;

  @Column({ type: 'bytea', name: 'wrapped_key', nullable: true })
  wrappedKey!: Buffer | null;

  @Column({ type: 'bigint', nullable: true, transformer: asNumber })
  size!: number | null;

  @Column({ type: 'bigint', name: 'encrypted_size', nullable: true, transformer: asNumber })
  encryptedSize!: number | null;

  /** When its upload last showed life, by the database's clock, which is one for all nodes. */
  @Column({ type: 'timestamptz', name: 'touched_at', precision: 3, default: () => 'now()' })
  touchedAt!: Date;

  @Column({ type: 'timestamptz', name: 'sealed_at', precision: 3, nullable: true })
  sealedAt!: Date | null;
}

@Entity('exhibit')
@Unique('exhibit_number_unique', ['caseId', 'number'])
@Unique('exhibit_no_unique', ['organisationId', 'exhibitNo'])
@Unique('exhibit_object_unique', ['objectId'])
@Index('exhibit_item', ['itemId'])
export class Exhibit {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'exhibit_pk' })
  id!: string;

  @Column({ type: 'uuid', name: 'organisation_id' })
  organisationId!: string;

  @Column({ type: 'uuid', name: 'case_id' })
  caseId!: string;

  @Column({ type: 'uuid', name: 'item_id', nullable: true })
  itemId!: string | null;

  @Column({ type: 'uuid', name: 'object_id' })
  objectId!: string;

  @Column({ type: 'int' })
  number!: number;

  @Column({ type: 'text', name: 'exhibit_no' })
  exhibitNo!: string;

  @Column({ type: 'text', name: 'file_name' })
  fileName!: string;

  /** By magic bytes. */
  @Column({ type: 'text' })
  type!: string;

  @Column({ type: 'bigint', transformer: asNumber })
  size!: number;

  @Column({ type: 'text' })
  sha256!: string;

  @Column({ type: 'text' })
  sha512!: string;

  @Column({ type: 'text' })
  md5!: string;

  @Column({ type: 'int', name: 'image_width', nullable: true })
  imageWidth!: number | null;

  @Column({ type: 'int', name: 'image_height', nullable: true })
  imageHeight!: number | null;

  @Column({ type: 'text', nullable: true })
  pdq!: string | null;

  @Column({ type: 'smallint', name: 'pdq_quality', nullable: true })
  pdqQuality!: number | null;

  @Column({ type: 'text', nullable: true })
  blockhash!: string | null;

  /** Code of the problem because of which an image has no perceptual hashes. */
  @Column({ type: 'text', name: 'not_hashed', nullable: true })
  notHashed!: string | null;

  @Column({ type: 'timestamptz', name: 'collected_at', precision: 3 })
  collectedAt!: Date;

  @Column({ type: 'uuid', name: 'collected_by', nullable: true })
  collectedBy!: string | null;
}
