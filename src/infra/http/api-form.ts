import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';

/** What the description says of a route that reads a multipart form by itself: its parts, of which `file` is a file. */
export const ApiForm = (...parts: readonly ('about' | 'file' | 'order')[]): MethodDecorator =>
  applyDecorators(
    ApiConsumes('multipart/form-data'),
    ApiBody({
      schema: {
        type: 'object',
        required: [...parts],
        properties: Object.fromEntries(
          parts.map((part) => [part, part === 'file' ? { type: 'string', format: 'binary' } : { type: 'string' }]),
        ),
      },
    }),
  );
