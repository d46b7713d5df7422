import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  IsUrl,
  Length,
  Matches,
} from 'class-validator';
import { AUTHORITY_COMPETENCES, type AuthorityCompetence } from '../../domain/union';
import { LANGUAGE_SHAPE } from '../../domain/vocabulary';
import { PageQuery } from '../../infra/http/paging';
import { IsCountry, IsWellFormed } from '../../infra/http/text';

const TELEPHONE = /^\+[1-9][0-9 ()/-]{4,30}$/;
const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

export class AuthorityQuery extends PageQuery {
  /** ISO 3166-1 alpha-2. */
  @IsOptional()
  @IsCountry()
  country?: string;

  @IsOptional()
  @IsIn(AUTHORITY_COMPETENCES)
  competence?: AuthorityCompetence;

  /** Part of the name. */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  q?: string;
}

export class RegisterAuthorityDto {
  /** The organisation of this installation that it is; none for an authority elsewhere. */
  @IsOptional()
  @IsUUID()
  organisationId?: string;

  /** As the public register has it. */
  @IsString()
  @IsWellFormed()
  @Length(2, 300)
  name!: string;

  /** ISO 3166-1 alpha-2. Authorities of countries outside the Union are entered without competences. */
  @IsCountry()
  country!: string;

  /** TCO Art. 12(1)(a) to (d). */
  @IsArray()
  @ArrayMaxSize(AUTHORITY_COMPETENCES.length)
  @IsIn(AUTHORITY_COMPETENCES, { each: true })
  competences!: AuthorityCompetence[];

  /** Published contact point (Art. 12(2)). */
  @IsString()
  @IsWellFormed()
  @Length(3, 500)
  contactPoint!: string;

  /** By which somebody who has received an order can ask whether it is genuine; from the source, not from the authority's mail. */
  @Matches(TELEPHONE, { message: '$property must begin with + and the country, such as +33 1 00 00 00 00' })
  telephone!: string;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(24)
  @Matches(LANGUAGE_SHAPE, { each: true, message: 'each of $property must be a BCP 47 language tag' })
  languages?: string[];

  /** Where this was read: the Commission's online register (Art. 12(4)) or the State's own publication. */
  @IsUrl({ protocols: ['https'], require_protocol: true })
  @Length(10, 2000)
  sourceUrl!: string;

  /** When it was read there, as a date. @example 2026-03-01 */
  @Matches(DATE, { message: '$property must be a date, such as 2026-03-01' })
  sourceDate!: string;
}

export class ChangeAuthorityDto extends RegisterAuthorityDto {
  @IsOptional()
  @IsInt()
  version?: number;
}

export class RemoveAuthorityDto {
  @IsString()
  @IsWellFormed()
  @Length(3, 2000)
  reason!: string;
}

export class AuthorityView {
  id!: string;
  organisationId!: string | null;
  name!: string;
  country!: string;
  competences!: AuthorityCompetence[];
  /** Whether its removal orders are orders: a Member State's authority that is designated for them. */
  mayOrder!: boolean;
  contactPoint!: string;
  telephone!: string;
  languages!: string[];
  sourceUrl!: string;
  sourceDate!: string;
  /** When a person of the operator last compared the entry with its source. */
  confirmedAt!: string;
  version!: number;
}
