import { ArrayMaxSize, IsArray, IsIn, IsOptional } from 'class-validator';
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
