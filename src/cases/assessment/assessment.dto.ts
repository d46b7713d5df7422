import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  ValidateNested,
} from 'class-validator';
import {
  DISSEMINATIONS,
  EXCLUSION_GROUNDS,
  FINDINGS,
  OFFENCES,
  SIGN_OFF_PARTS,
  type Dissemination,
  type ExclusionGround,
  type Finding,
  type Offence,
  type OrderBar,
  type SignOffPart,
} from '../../domain/assessment';
import { CATEGORIES, type Category } from '../../domain/vocabulary';
import { IsWellFormed } from '../../infra/http/text';

const MAX_TEXT = 10_000;

export class ExclusionDto {
  @IsIn(EXCLUSION_GROUNDS)
  ground!: ExclusionGround;

  @IsIn(FINDINGS)
  finding!: Finding;

  @IsString()
  @Length(3, MAX_TEXT)
  @IsWellFormed()
  reasons!: string;
}

export class FactorsDto {
  @IsString()
  @Length(3, MAX_TEXT)
  @IsWellFormed()
  wording!: string;

  @IsString()
  @Length(3, MAX_TEXT)
  @IsWellFormed()
  context!: string;

  @IsString()
  @Length(3, MAX_TEXT)
  @IsWellFormed()
  harmPotential!: string;

  /** Of the Union's lists: an important factor (rec. 11). */
  @IsOptional()
  @IsString()
  @Length(1, 500)
  @IsWellFormed()
  listedEntity?: string;
}

export class AssessCaseDto {
  /** TCO Art. 2(7). */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(CATEGORIES, { each: true })
  categories!: Category[];

  /** Directive (EU) 2017/541, Art. 3(1)(a) to (j). */
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(10)
  @IsIn(OFFENCES, { each: true })
  offences!: Offence[];

  /** Why; nothing in it discloses sensitive information of an investigation (rec. 18). An order states this. */
  @IsString()
  @Length(50, MAX_TEXT)
  @IsWellFormed()
  reasons!: string;

  @IsObject()
  @ValidateNested()
  @Type(() => FactorsDto)
  factors!: FactorsDto;

  /** All seven of Art. 1(3), each with its finding and its reasons. */
  @IsArray()
  @ArrayMaxSize(7)
  @ValidateNested({ each: true })
  @Type(() => ExclusionDto)
  exclusions!: ExclusionDto[];

  /** The content provider answers for it as the press does. */
  @IsBoolean()
  editorialResponsibility!: boolean;

  @IsIn(DISSEMINATIONS)
  dissemination!: Dissemination;

  /** By what it was seen who can see the content. */
  @IsString()
  @Length(3, MAX_TEXT)
  @IsWellFormed()
  disseminationEvidence!: string;
}

export class SignOffDto {
  @IsIn(SIGN_OFF_PARTS)
  part!: SignOffPart;

  @IsString()
  @Length(3, MAX_TEXT)
  @IsWellFormed()
  reasons!: string;
}

export class SignOffView {
  part!: SignOffPart;
  signedBy!: string;
  signedAt!: string;
  reasons!: string;
}

export class AssessmentView {
  id!: string;
  caseId!: string;
  categories!: Category[];
  offences!: Offence[];
  reasons!: string;
  factors!: FactorsDto;
  exclusions!: ExclusionDto[];
  editorialResponsibility!: boolean;
  dissemination!: Dissemination;
  disseminationEvidence!: string;
  assessedBy!: string;
  assessedAt!: string;
  signOffs!: SignOffView[];
  /** What stands between it and an order; empty when it can carry one. */
  barsToOrder!: OrderBar[];
}
