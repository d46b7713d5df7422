import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import type { Breadth } from '../domain/broad-address';
import {
  CATEGORIES,
  IDEOLOGIES,
  PAP,
  TLP,
  type Category,
  type Ideology,
  type ItemKind,
  type Pap,
  type Tlp,
} from '../domain/vocabulary';
import { ExhibitView, SubmittedExhibitView } from '../evidence/exhibit.dto';
import { IsInstant } from '../infra/http/instant';
import { PageQuery } from '../infra/http/paging';
import { IsLanguage, IsWellFormed } from '../infra/http/text';
import type { CaseState, ItemState } from './cases.entity';

/** Lines of one submission. */
export const MAX_ITEMS = 500;

/** One line: an address, or an account or channel of a named platform. Exactly one of the three. */
export class SubmittedItemDto {
  /** As it was found; defanged forms are understood. @example "https://harbour.example/post/1" */
  @IsOptional()
  @IsString()
  @MaxLength(20_000)
  url?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1000)
  account?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1000)
  channel?: string;

  /** Short name or id of the platform. Needed for accounts and channels; for addresses the host tells. */
  @IsOptional()
  @IsString()
  @Length(1, 253)
  platform?: string;

  /** When it was put online, if that is known. RFC 3339 with offset. */
  @IsOptional()
  @IsInstant()
  uploadedAt?: Date;

  @IsOptional()
  @IsString()
  @MaxLength(2000)
  @IsWellFormed()
  note?: string;
}

export class AddItemsDto {
  /** At most 500. A line that cannot be taken is named in `refused` and keeps none of the others back. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_ITEMS)
  items?: SubmittedItemDto[];
}

export class OpenCaseDto extends AddItemsDto {
  @IsOptional()
  @IsString()
  @MaxLength(300)
  @IsWellFormed()
  title?: string;

  @IsIn(CATEGORIES)
  category!: Category;

  @IsIn(IDEOLOGIES)
  ideology!: Ideology;

  /** BCP 47; `und` where it is not known. */
  @IsOptional()
  @IsLanguage()
  language?: string;

  /** Why the unit finds this to be terrorist content. Kept within the unit. */
  @IsOptional()
  @IsString()
  @MaxLength(20_000)
  @IsWellFormed()
  reasons?: string;

  @IsOptional()
  @IsIn(TLP)
  tlp?: Tlp;

  /** What the other side may notice. Under `amber` and `red` no address of the case is ever called from here. Default `green`. */
  @IsOptional()
  @IsIn(PAP)
  pap?: Pap;
}

export class MarkCaseDto {
  @IsIn(PAP)
  pap!: Pap;
}

export class CloseCaseDto {
  @IsOptional()
  @IsInt()
  version?: number;

  @IsOptional()
  @IsString()
  @MaxLength(2000)
  @IsWellFormed()
  note?: string;
}

export class ReleaseItemDto {
  /** Why something this broad is to be referred. */
  @IsString()
  @Length(3, 2000)
  @IsWellFormed()
  reason!: string;
}

export class CaseQuery extends PageQuery {
  @IsOptional()
  @IsIn(['open', 'closed'])
  state?: CaseState;
}

export class PlatformView {
  id!: string;
  name!: string;
  slug!: string;
  status!: 'active' | 'provisional' | 'suspended';
}

/** A signal that an exhibit of the item matches: somebody has seen this content before. */
export class ReuploadView {
  signalId!: string;
  /** Bits that differ; 0 for the very same. */
  @ApiProperty({ type: 'integer' })
  distance!: number;
  /** One's own item that the signal was taken from; null where another organisation contributed it. */
  earlierItemId!: string | null;
}

export class ItemView {
  id!: string;
  kind!: ItemKind;
  /** Refanged, otherwise exactly as it was given. */
  address!: string;
  /** Equal for two addresses of the same thing. */
  identity!: string;
  platform!: PlatformView | null;
  state!: ItemState;
  /** Why it waits for a second person. */
  heldBecause!: Breadth | null;
  /** It was open already, in the case that `caseId` names. */
  joined!: boolean;
  caseId!: string;
  /** The same thing in a case that is closed. */
  previousItemId!: string | null;
  /** What had gone and is there again: the item that it was. */
  reappearedFrom!: string | null;
  /** What it is a copy of, as far as its exhibits tell; nearest first. */
  reuploadOf!: ReuploadView[];
  uploadedAt!: string | null;
  note!: string | null;
}

export class SubmittedItemView extends ItemView {
  /** Which line of the submission this is, from 0. */
  @ApiProperty({ type: 'integer' })
  index!: number;
}

/** A line or file that was not taken, and why. */
export class RefusedView {
  @ApiProperty({ type: 'integer', required: false })
  index?: number;
  fileName?: string;
  code!: string;
  title!: string;
  detail!: string;
}

export class CaseSummaryView {
  id!: string;
  reference!: string;
  state!: CaseState;
  title!: string | null;
  category!: Category;
  ideology!: Ideology;
  language!: string;
  tlp!: Tlp;
  pap!: Pap;
  @ApiProperty({ type: 'integer' })
  items!: number;
  @ApiProperty({ type: 'integer' })
  exhibits!: number;
  openedAt!: string;
  closedAt!: string | null;
  @ApiProperty({ type: 'integer' })
  version!: number;
}

export class CaseView {
  id!: string;
  reference!: string;
  state!: CaseState;
  title!: string | null;
  category!: Category;
  ideology!: Ideology;
  language!: string;
  reasons!: string | null;
  tlp!: Tlp;
  pap!: Pap;
  /** The first two hundred, in the order in which they came in. */
  items!: ItemView[];
  /** All of them, joined ones too. */
  @ApiProperty({ type: 'integer' })
  itemCount!: number;
  /** Give this as `cursor` to `GET /v1/cases/{id}/items` for those that follow; null where there are none. */
  nextItems!: string | null;
  exhibits!: ExhibitView[];
  openedAt!: string;
  closedAt!: string | null;
  @ApiProperty({ type: 'integer' })
  version!: number;
}

export class SubmissionView {
  id!: string;
  reference!: string;
  state!: CaseState;
  items!: SubmittedItemView[];
  exhibits!: SubmittedExhibitView[];
  refused!: RefusedView[];
}
