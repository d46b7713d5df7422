import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsObject, IsOptional, IsString, IsUUID, Length, Max, MaxLength, Min, ValidateNested } from 'class-validator'; // prettier-ignore
import { Type } from 'class-transformer';
import { TLP, type Tlp } from '../../../domain/vocabulary';
import { IsWellFormed } from '../../../infra/http/text';
import { FOLLOWED_PROTOCOLS, SOURCE_PROTOCOLS, SOURCE_STATES, type FollowedProtocol, type SourceProtocol, type SourceState } from './source'; // prettier-ignore
import type { SourceRow } from './source-row';

/** Secrets for the source; sealed when they arrive and never shown again. */
export class SourceCredentialDto {
  /** A bearer token: for `clepsydra`, and for TAXII servers that use one. */
  @IsOptional()
  @IsString()
  @Length(1, 4000)
  token?: string;

  /** With `password`: for `tat`, and for TAXII servers with HTTP Basic. */
  @IsOptional()
  @IsString()
  @IsWellFormed()
  @Length(1, 200)
  username?: string;

  @IsOptional()
  @IsString()
  @IsWellFormed()
  @Length(1, 1000)
  password?: string;
}

class SourceTermsDto {
  /** Under which it is shown, and named in disputes that it brings. */
  @IsString()
  @IsWellFormed()
  @Length(1, 100)
  name!: string;

  /** The list that its hashes go to, one that the organisation may add to. */
  @IsUUID('all')
  listId!: string;

  /** How the source marks what it gives, as its terms say; the list has to be marked as strictly. */
  @IsIn(TLP)
  tlp!: Tlp;

  /** Whether what a person there looked at counts as looked at here. Otherwise all of it is provisional and ends after thirty days. */
  @IsBoolean()
  acceptReviews!: boolean;
}

export class SubscribeDto extends SourceTermsDto {
  @IsIn(FOLLOWED_PROTOCOLS)
  protocol!: FollowedProtocol;

  /** https; of the service or one of its feeds (`clepsydra`), of the collection (`taxii`), of the API's host (`tat`). */
  @IsString()
  @MaxLength(2000)
  address!: string;

  @IsObject()
  @ValidateNested()
  @Type(() => SourceCredentialDto)
  credential: SourceCredentialDto = new SourceCredentialDto();

  /** Seconds between two readings, a minute to a week. */
  @ApiProperty({ default: 900 })
  @IsOptional()
  @IsInt()
  @Min(60)
  @Max(604_800)
  intervalSeconds: number = 900;
}

export class CsvSourceDto extends SourceTermsDto {}

export class EndSourceDto {
  /** `keep`: what it brought goes on standing. `retract`: what it brought, and nothing else, ends. */
  @IsIn(['keep', 'retract'])
  brought!: 'keep' | 'retract';
}

export class RefusedRecordView {
  /** The source's id of it, or its place. */
  record!: string;
  code!: string;
  detail!: string;
  at!: string;
}

export class SourceView {
  id!: string;
  @ApiProperty({ enum: SOURCE_PROTOCOLS })
  protocol!: SourceProtocol;
  name!: string;
  address!: string | null;
  listId!: string;
  tlp!: Tlp;
  acceptReviews!: boolean;
  intervalSeconds!: number | null;
  @ApiProperty({ enum: SOURCE_STATES })
  state!: SourceState;
  hasCredential!: boolean;
  createdAt!: string;
  lastRunAt!: string | null;
  /** When it last changed anything here. */
  lastChangeAt!: string | null;
  nextRunAt!: string | null;
  /** In a row. */
  failures!: number;
  /** The code of the last failure; null after a reading that went well. */
  lastError!: string | null;
  /** Pages taken. */
  pages!: number;
  /** Records that came to stand, with those in quarantine. */
  taken!: number;
  quarantined!: number;
  refused!: number;
  retracted!: number;
  /** It was removed with what it brought, and not all of that has been taken back yet. */
  takesBack!: boolean;
  /** The last records that were refused, newest first, at most fifty. */
  @ApiProperty({ type: [RefusedRecordView] })
  lastRefused!: RefusedRecordView[];
}

const instant = (at: Date | null): string | null => at?.toISOString() ?? null;

/** Nothing of the credential but whether there is one. */
export const toView = (row: SourceRow): SourceView => ({
  id: row.id,
  protocol: row.protocol,
  name: row.name,
  address: row.address,
  listId: row.list_id,
  tlp: row.tlp,
  acceptReviews: row.accept_reviews,
  intervalSeconds: row.interval_s,
  state: row.state,
  hasCredential: row.credential_wrapped !== null,
  createdAt: row.created_at.toISOString(),
  lastRunAt: instant(row.last_run_at),
  lastChangeAt: instant(row.last_change_at),
  nextRunAt: instant(row.next_run_at),
  failures: row.failures,
  lastError: row.last_error,
  pages: Number(row.pages),
  taken: Number(row.taken),
  quarantined: Number(row.quarantined),
  refused: Number(row.refused),
  retracted: Number(row.retracted),
  takesBack: row.takes_back,
  lastRefused: row.faults,
});

export class RefusedLineView {
  /** As an editor counts lines; 1 is the header. */
  line!: number;
  code!: string;
  detail!: string;
}

/** What came of a file. */
export class CsvReport {
  source!: SourceView;
  /** Lines with a record, without the header. */
  lines!: number;
  taken!: number;
  quarantined!: number;
  /** Said what was there already. */
  unchanged!: number;
  /** Beyond today's quota: taken by themselves on the days that follow. */
  waiting!: number;
  refused!: number;
  /** The first thousand. */
  @ApiProperty({ type: [RefusedLineView] })
  refusedLines!: RefusedLineView[];
}
