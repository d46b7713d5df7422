import { applyDecorators, type Type as Class } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { DomainError } from '../../domain/errors';
import { InDigits } from './whole-number';

/** What every list takes: a page size and the cursor of the page before. */
export class PageQuery {
  /** Rows on a page, 1 to 200. */
  @ApiPropertyOptional({ type: 'integer', default: 50 })
  @IsOptional()
  @InDigits()
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;

  /** The `next` of the page before. Opaque. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  cursor?: string;
}

/** A keyset: rows after (older than) this instant and id. */
export interface Cursor {
  readonly at: Date;
  readonly id: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Give this as `cursor` for the next page; null on the last one. */
  readonly next: string | null;
}

const SHAPE = /^(\d{1,15})\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

export const formatCursor = ({ at, id }: Cursor): string => Buffer.from(`${at.getTime()}.${id}`).toString('base64url');

export function parseCursor(cursor: string | undefined): Cursor | null {
  if (!cursor) return null;
  const match = SHAPE.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (!match?.[1] || !match[2]) {
    throw new DomainError('request.invalid', {}, [{ pointer: '/cursor', detail: 'not a cursor of this list' }]);
  }
  return { at: new Date(Number(match[1])), id: match[2] };
}

/** Cuts `limit + 1` rows to a page. `keyOf` gives the keyset of a row, which the query must have ordered by, descending. */
export function pageOf<Row, View>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => Cursor,
  toView: (row: Row) => View,
): Page<View> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(toView), next: rows.length > limit && last ? formatCursor(keyOf(last)) : null };
}

/** Describes a page of `view` in the OpenAPI document: the generic type is gone at run time. */
export const ApiPage = (view: Class): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(view),
    ApiOkResponse({
      schema: {
        type: 'object',
        required: ['items', 'next'],
        properties: {
          items: { type: 'array', items: { $ref: getSchemaPath(view) } },
          next: { type: 'string', nullable: true, description: 'The cursor of the next page; null on the last one' },
        },
      },
    }),
  );
