import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, IsString, IsUUID, Max, MaxLength, Min } from 'class-validator';
import { EXPORT_FORMATS, type ExportFormat } from './feed-lines';
import { InDigits } from '../../../infra/http/whole-number';

/** An empty choice stays one, and is refused: it would be served nothing, and nobody would notice. */
const splitList = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.split(',') : value);

export class SignalFeedQuery {
  /** `through` of the answer before. Without it the feed begins with all that stands. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  cursor?: string;

  /** Lines at most, 1 to 100,000. An answer ends at 16 MiB also, before it is packed. */
  @IsOptional()
  @InDigits()
  @IsInt()
  @Min(1)
  @Max(100_000)
  limit: number = 10_000;

  /** Ids of lists, separated by commas; all that one is served unless told. A cursor is good for one choice. */
  @IsOptional()
  @Transform(splitList)
  @IsArray()
  @ArrayMaxSize(50)
  @IsUUID('all', { each: true })
  lists?: string[];

  /**
   * `true`: a line of type `vpdq` brings the hashes of its frames along, where they are known, as one hex text `frames`: what
   * finds a film that is near. 64 digits each: 38 KB of a film that was hashed here, 1.3 MB of the longest.
   */
  @IsOptional()
  @IsIn(['true', 'false'])
  frames?: string;
}

export class SignalExportQuery {
  /** `csv` with labels, `ndjson` as in the feed, `pdq` for command-line tools: one PDQ hash a line, without disputed ones. */
  @IsIn(EXPORT_FORMATS)
  format: ExportFormat = 'csv';

  /** The id of a list; all that one is served unless told. */
  @IsOptional()
  @IsUUID('all')
  list?: string;
}
