import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import {
  BEHAVIOURS,
  CONTENT_TYPES,
  ENTITY_CLASSES,
  type Behaviour,
  type ContentType,
  type EntityClass,
} from '../domain/labels';
import { CATEGORIES, IDEOLOGIES, type Category, type Ideology } from '../domain/vocabulary';

/** What a hash is of, in the words of `GET /v1/signal-vocabulary`. */
export class SignalLabels {
  @IsOptional()
  @IsIn(CATEGORIES)
  category?: Category;

  @IsOptional()
  @IsIn(IDEOLOGIES)
  ideology?: Ideology;

  /** @example ["glorification"] */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(BEHAVIOURS.length)
  @IsIn(BEHAVIOURS, { each: true })
  behaviours?: Behaviour[];

  @IsOptional()
  @IsIn(CONTENT_TYPES)
  contentType?: ContentType;

  @IsOptional()
  @IsIn(ENTITY_CLASSES)
  entityClass?: EntityClass;
}

/** One sampled frame of a video, as vPDQ hashes it. */
export class VideoFrameDto {
  /** PDQ: 64 lower-case hexadecimal digits. */
  @IsString()
  @Matches(/^[0-9a-f]{64}$/, { message: '$property must be 64 lower-case hexadecimal digits' })
  hash!: string;

  /** PDQ quality, 0 to 100; frames of 49 and less are not compared. */
  @IsInt()
  @Min(0)
  @Max(100)
  quality!: number;

  /** Milliseconds from the start of the video. */
  @IsOptional()
  @IsInt()
  @Min(0)
  atMs?: number;
}
