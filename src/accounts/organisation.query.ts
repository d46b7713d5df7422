import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { ORGANISATION_KINDS, type OrganisationKind } from '../domain/vocabulary';
import { PageQuery } from '../infra/http/paging';

export class OrganisationQuery extends PageQuery {
  @IsOptional()
  @IsIn(ORGANISATION_KINDS)
  kind?: OrganisationKind;

  /** Only the platform that answers for this host. */
  @IsOptional()
  @IsString()
  @MaxLength(253)
  host?: string;

  /** Part of the name, or the short name. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  q?: string;
}
