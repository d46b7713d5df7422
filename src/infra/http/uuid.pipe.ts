import { Injectable, type PipeTransform } from '@nestjs/common';
import { DomainError } from '../../domain/errors';

const SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An id that no row could have names nothing: 404, like any other that the caller may not see. */
@Injectable()
export class ParseUuid implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!SHAPE.test(value)) throw new DomainError('request.not-found');
    return value.toLowerCase();
  }
}
