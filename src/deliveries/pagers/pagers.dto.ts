import { Type } from 'class-transformer';
import { IsIn, IsObject, IsOptional, IsString, IsUUID, Length, MaxLength, ValidateNested } from 'class-validator';
import { PAGER_KINDS, type PagerKind } from '../../domain/vocabulary';
import type { PageAttempt, PagePriority } from './pagers.entity';

const METHODS = ['POST', 'PUT', 'GET'] as const;

/** What a pager is called by. Written once and never shown again. */
export class PagerSettingsDto {
  /** `sms`: of the provider, with `{to}`, `{text}` and `{secret}` where wanted. `ntfy`: of the topic. */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  url?: string;

  /** `sms`. Default POST. */
  @IsOptional()
  @IsIn(METHODS)
  method?: (typeof METHODS)[number];

  /** `sms`. */
  @IsOptional()
  @IsObject()
  headers?: Record<string, string>;

  /** `sms`: a template. @example to={to}&text={text} */
  @IsOptional()
  @IsString()
  @MaxLength(4000)
  body?: string;

  /** `sms`: whom to call, of a duty and not of a person where that can be. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  to?: string;

  /** `sms`. */
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  secret?: string;

  /** `ntfy`, `matrix`. */
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  token?: string;

  /** `matrix`. */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  homeserver?: string;

  /** `matrix`. @example !duty:matrix.example */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  room?: string;
}

export class RegisterPagerDto {
  @IsIn(PAGER_KINDS)
  kind!: PagerKind;

  /** @example Duty telephone */
  @IsString()
  @Length(1, 100)
  label!: string;

  /** A member whose pager this is. */
  @IsOptional()
  @IsUUID()
  personId?: string;

  @IsObject()
  @ValidateNested()
  @Type(() => PagerSettingsDto)
  settings!: PagerSettingsDto;
}

export class PagerView {
  id!: string;
  kind!: PagerKind;
  label!: string;
  personId!: string | null;
  createdAt!: string;
  removedAt!: string | null;
}

export class PagerTestView {
  sent!: boolean;
  status!: number | null;
  problem!: string | null;
}

export class PageAttemptView {
  attempt!: number;
  at!: string;
  outcome!: PageAttempt['outcome'];
  status!: number | null;
  problem!: string | null;
}

export class PageView {
  id!: string;
  pagerId!: string;
  text!: string;
  priority!: PagePriority;
  state!: 'waiting' | 'sent' | 'failed';
  createdAt!: string;
  endedAt!: string | null;
  attempts!: PageAttemptView[];
}
