import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';

/** An hour of one frame a second. */
const MOST_FRAMES = 3_600;

/** One sampled frame of a video, as vPDQ hashes it. */
export class MatchFrame {
  /** PDQ: 64 lower-case hexadecimal digits. */
  @IsString()
  @Matches(/^[0-9a-f]{64}$/, { message: '$property must be 64 lower-case hexadecimal digits' })
  hash!: string;

  /** PDQ quality, 0 to 100; frames of 49 and less are not compared. */
  @IsInt()
  @Min(0)
  @Max(100)
  quality!: number;

  /** Milliseconds from the start. */
  @IsOptional()
  @IsInt()
  @Min(0)
  atMs?: number;
}

export class MatchFramesDto {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_FRAMES)
  @ValidateNested({ each: true })
  @Type(() => MatchFrame)
  frames!: MatchFrame[];
}
