import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;
type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const SCHEMAS: Readonly<Record<string, Schema>> = {
  Problem: {
    type: 'object',
    description: 'RFC 9457. `type` leads to a page that explains the error.',
    required: ['type', 'title', 'status', 'code', 'requestId'],
    properties: {
      type: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      code: { type: 'string' },
      requestId: { type: 'string' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['pointer', 'detail'],
          properties: { pointer: { type: 'string', description: 'JSON Pointer' }, detail: { type: 'string' } },
        },
      },
    },
    additionalProperties: true,
  },
};

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', maxLength: 255 },
  description: 'Makes a repeat of this request safe for 24 hours: the same key and body get the same answer.',
} as const;

const PREFER = {
  name: 'Prefer',
  in: 'header',
  required: false,
  schema: { type: 'string', example: 'receipt=later' },
  description:
    '`receipt=later`: the answer does not wait for the ledger; its receipt is pending and says where it will be.',
} as const;

const PROBLEM = {
  description: 'Anything else is a problem document',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
} as const;

/** Every answer of a change that is one object carries its receipt beside the object's own members. */
function addReceipt(operation: Operation): void {
  for (const [status, response] of Object.entries(operation.responses)) {
    if (!/^20[012]$/.test(status) || !response || '$ref' in response) continue;
    const schema = response.content?.['application/json']?.schema;
    if (!schema || !('$ref' in schema) || !response.content) continue;
    const kinds = ['ReceiptView', 'PendingReceiptView'].map((name) => ({ $ref: `#/components/schemas/${name}` }));
    const receipt = { type: 'object', properties: { receipt: { oneOf: kinds } } };
    response.content['application/json'] = { schema: { allOf: [schema, receipt] } };
  }
}

/** What all routes have in common and no decorator says: problems, receipts, idempotency keys, which routes are open. */
export function completeOpenApi(document: OpenAPIObject): OpenAPIObject {
  document.components = { ...document.components, schemas: { ...document.components?.schemas, ...SCHEMAS } };
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method];
      if (!operation) continue;
      operation.responses['default'] ??= PROBLEM;
      if ('x-public' in operation) operation.security = [];
      if (method !== 'get') addReceipt(operation);
      if (method === 'post' && !('x-public' in operation))
        operation.parameters = [...(operation.parameters ?? []), IDEMPOTENCY_KEY, PREFER];
    }
  }
  return document;
}
