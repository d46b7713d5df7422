import { Controller, Get, Header, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { DomainError } from '../../domain/errors';
import type { JsonSchema } from '../../domain/forms/json-schema';
import { SCHEMAS, SCHEMA_FOLDER } from '../../domain/forms/schemas';
import { CONFIG, type Config } from '../../infra/config';
import { Public } from '../../infra/http/allow';
import { SchemaIndexView } from './forms.dto';

const WHY_OPEN = 'whoever exchanges forms with us must know what they look like';

/** The JSON Schemas (2020-12) of the forms, under the public address of this installation. */
@ApiTags('forms')
@Controller('schemas')
export class SchemasController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Every schema that is published here. */
  @Get()
  @Public(WHY_OPEN)
  index(): SchemaIndexView {
    const schemas = Object.entries(SCHEMAS).map(([name, { title }]) => ({
      name,
      title: String(title),
      url: `${this.config.publicUrl}${SCHEMA_FOLDER}${name}.json`,
    }));
    return { schemas };
  }

  /** One schema, for instance `annex-i.json`. */
  @Get(':file')
  @Public(WHY_OPEN)
  @Header('content-type', 'application/schema+json; charset=utf-8')
  @ApiOkResponse({ schema: { type: 'object' } })
  one(@Param('file') file: string): JsonSchema {
    const name = file.replace(/\.json$/, '');
    const schema = file.endsWith('.json') && Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined;
    if (!schema) throw new DomainError('request.not-found');
    // References are relative to it, so the others need no other address.
    return { ...schema, $id: `${this.config.publicUrl}${String(schema.$id)}` };
  }
}
