import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { PROBLEMS, type ProblemCode } from '../domain/errors';
import { IsWellFormed } from '../infra/http/text';
import { matchableOf } from '../perceptual/matchable';
import { EntryBodyView, PendingReceiptView, ReceiptView } from '../ledger/ledger.dto';
import type { Exhibit } from './evidence.entity';

export class ViewExhibitDto {
  /** Why this person has to look at it. Recorded before the first byte leaves. */
  @IsString()
  @Length(3, 2000)
  @IsWellFormed()
  justification!: string;
}

export class PdqView {
  hash!: string;
  /** 0 to 100. */
  @ApiProperty({ type: 'integer' })
  quality!: number;
}

export class ImageView {
  @ApiProperty({ type: 'integer' })
  width!: number;
  @ApiProperty({ type: 'integer' })
  height!: number;
  pdq!: PdqView;
  blockhash!: string;
}

export class NotHashedView {
  code!: string;
  title!: string;
}

export const MEDIA_KINDS = ['video', 'pdf'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

export const MEDIA_STATES = ['pending', 'hashed', 'not_hashed'] as const;
export type MediaState = (typeof MEDIA_STATES)[number];

export class MediaHashView {
  hash!: string;
  @ApiProperty({ type: 'integer' })
  quality!: number;
  /** Milliseconds from the start of a video; null for a page. */
  @ApiProperty({ type: 'integer', nullable: true })
  atMs!: number | null;
}

/** What is known of a video or a document beside the digests of its bytes. */
export class MediaView {
  @ApiProperty({ enum: MEDIA_KINDS })
  kind!: MediaKind;
  /** Hashing comes after the upload: `pending` until then. */
  @ApiProperty({ enum: MEDIA_STATES })
  state!: MediaState;
  /** Digest over the usable frames: the value of a signal of type `vpdq`. */
  vpdq!: string | null;
  /** SHA-256 of the document's normalised text. */
  textSha256!: string | null;
  @ApiProperty({ type: 'integer', nullable: true })
  durationMs!: number | null;
  @ApiProperty({ type: 'integer', nullable: true })
  pageCount!: number | null;
  /** Why there is nothing, or not all. */
  fault!: string | null;
  /** PDQ of frames or pages in their order. */
  hashes!: MediaHashView[];
}

/** In the words of {@link matchableOf}, with the reasons that an exhibit can have. */
export type ExhibitMatchable =
  | 'perceptual'
  | 'exact only: quality ≤ 49'
  | 'exact only: not an image'
  | 'exact only: image not hashed'
  | 'exact only: being hashed'
  | 'video: exact only';

export class ExhibitView {
  id!: string;
  caseId!: string;
  itemId!: string | null;
  exhibitNo!: string;
  /** As the sender named it. */
  fileName!: string;
  /** By magic bytes. */
  type!: string;
  /** Bytes. */
  @ApiProperty({ type: 'integer' })
  size!: number;
  sha256!: string;
  sha512!: string;
  md5!: string;
  image!: ImageView | null;
  /** Why an image has no perceptual hashes. */
  notHashed!: NotHashedView | null;
  /** Of a video or a document. */
  media!: MediaView | null;
  matchable!: ExhibitMatchable;
  collectedAt!: string;
}

/** What the answer to a submission says of each file beside. */
export class SubmittedExhibitView extends ExhibitView {
  /** Signals of the shared database within the threshold. A match proposes; a person decides. */
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } })
  matches!: readonly object[];
}

export class CustodyEntryView {
  @ApiProperty({ type: 'integer', nullable: true })
  seq!: number | null;
  id!: string;
  kind!: string;
  at!: string;
  actorOrganisation!: string | null;
  /** The leaf hash in hex. */
  digest!: string;
  /** The canonical bytes in base64. */
  bytes!: string;
  /** Texts with their salts, so that whoever holds them can check them against the digests in the bytes. */
  shared!: EntryBodyView | null;
  internal!: EntryBodyView | null;
  receipt!: ReceiptView | PendingReceiptView;
}

export class CustodyView {
  exhibit!: ExhibitView;
  entries!: CustodyEntryView[];
}

function imageOf(row: Exhibit): ImageView | null {
  if (row.pdq === null || row.blockhash === null) return null;
  const pdq = { hash: row.pdq, quality: row.pdqQuality ?? 0 };
  return { width: row.imageWidth ?? 0, height: row.imageHeight ?? 0, pdq, blockhash: row.blockhash };
}

function matchable(image: ImageView | null, type: string, media: MediaView | null): ExhibitMatchable {
  if (media?.state === 'pending') return 'exact only: being hashed';
  if (media) return matchableOf(media, media.kind === 'video' ? 'video: exact only' : 'exact only: not an image');
  const without = type.startsWith('image/') ? 'exact only: image not hashed' : 'exact only: not an image';
  return matchableOf({ hashes: image ? [image.pdq] : [] }, without);
}

const isProblem = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);
const titleOf = (code: string): string => (isProblem(code) ? PROBLEMS[code][1] : code);

export function toView(row: Exhibit, media: MediaView | null = null): Pick<ExhibitView, keyof ExhibitView> {
  const image = imageOf(row);
  return {
    id: row.id,
    caseId: row.caseId,
    itemId: row.itemId,
    exhibitNo: row.exhibitNo,
    fileName: row.fileName,
    type: row.type,
    size: row.size,
    sha256: row.sha256,
    sha512: row.sha512,
    md5: row.md5,
    image,
    notHashed: row.notHashed === null ? null : { code: row.notHashed, title: titleOf(row.notHashed) },
    media,
    matchable: matchable(image, row.type, media),
    collectedAt: row.collectedAt.toISOString(),
  };
}
