import { Ajv2020, type ErrorObject } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { canonicalJson } from '../../domain/canonical';
import { DomainError, type FieldFault } from '../../domain/errors';
import type { Form } from '../../domain/forms/forms';
import { contradictionsOf } from '../../domain/forms/invariants';
import { SCHEMAS, SCHEMA_FOLDER } from '../../domain/forms/schemas';
import { escapeToken } from '../../domain/json';

/** Named at most; a form can hold thousands. */
const MOST_FAULTS = 100;

/** Not strict in what it asks of the schemas themselves: `if` in `allOf` names members that stand elsewhere. */
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false });
addFormats.default(ajv, { mode: 'full', formats: ['date', 'date-time', 'email'] });
for (const schema of Object.values(SCHEMAS)) ajv.addSchema(schema);
const isForm = ajv.compile<Form>({ $ref: `${SCHEMA_FOLDER}form.json` });

/** What ajv says of a fault, in words that repeat nothing of the value. */
function faultOf({ instancePath, keyword, params, message = 'not as the schema says' }: ErrorObject): FieldFault {
  if (keyword === 'additionalProperties') {
    const name = String((params as { additionalProperty?: unknown }).additionalProperty);
    return { pointer: `${instancePath}/${escapeToken(name)}`, detail: 'is not known here' };
  }
  if (keyword === 'required') {
    const name = String((params as { missingProperty?: unknown }).missingProperty);
    return { pointer: `${instancePath}/${escapeToken(name)}`, detail: 'is missing' };
  }
  if (keyword === 'enum') {
    const { allowedValues } = params as { allowedValues: readonly unknown[] };
    return { pointer: instancePath, detail: `must be one of ${allowedValues.join(', ')}` };
  }
  return { pointer: instancePath, detail: message };
}

/**
 * The form, held to its schema and to what no schema can say.
 * @throws DomainError request.invalid with a JSON Pointer (RFC 6901) to each fault, from the form's own root.
 */
export function validForm(value: unknown): Form {
  if (!isForm(value)) {
    const faults = (isForm.errors ?? []).filter(({ keyword }) => keyword !== 'if').map(faultOf);
    throw new DomainError('request.invalid', {}, faults.slice(0, MOST_FAULTS));
  }
  const contradictions = contradictionsOf(value);
  if (contradictions.length > 0) {
    const faults = contradictions.map(({ pointer, detail }) => ({ pointer: `/content${pointer}`, detail }));
    throw new DomainError('request.invalid', {}, faults);
  }
  try {
    canonicalJson(value);
  } catch {
    throw new DomainError('request.invalid', {}, [{ pointer: '', detail: 'holds half of a character' }]);
  }
  return value;
}
