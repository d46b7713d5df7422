import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length, Matches } from 'class-validator';
import { PROBLEMS, type ProblemCode } from '../domain/errors';
import { EntryBodyView, PendingReceiptView, ReceiptView } from '../ledger/ledger.dto';
import type { Exhibit } from './evidence.entity';

/** PDQ quality up to which a hash says too little of its picture: many unlike pictures share such hashes. */
export const UNRELIABLE_QUALITY = 49;

export class ViewExhibitDto {
  /** Why this person has to look at it. Recorded before the first byte leaves. */
  @IsString()
  @Length(3, 2000)
  @Matches(/^[^\0]*$/)
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

export type Matchable =
  'perceptual' | 'exact only: quality ≤ 49' | 'exact only: not an image' | 'exact only: image not hashed';

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
  matchable!: Matchable;
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

export function matchableOf(image: { readonly pdq: { readonly quality: number } } | null, type: string): Matchable {
  if (image === null) {
    return type.startsWith('image/') ? 'exact only: image not hashed' : 'exact only: not an image';
  }
  return image.pdq.quality <= UNRELIABLE_QUALITY ? 'exact only: quality ≤ 49' : 'perceptual';
}

const isProblem = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);
const titleOf = (code: string): string => (isProblem(code) ? PROBLEMS[code][1] : code);

export function toView(row: Exhibit): Pick<ExhibitView, keyof ExhibitView> {
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
    matchable: matchableOf(image, row.type),
    collectedAt: row.collectedAt.toISOString(),
  };
}
