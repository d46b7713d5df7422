/**
 * Every error the service can answer with, written once: stable code, HTTP status, title.
 * The code becomes the `type` of a problem document (RFC 9457) and has a page of its own under /problems/<code>.
 */
export const PROBLEMS = {
  'request.invalid': [400, 'The request does not have the stated form'],
  'request.malformed-json': [400, 'The body is not JSON'],
  'request.too-large': [413, 'The body is larger than this route accepts'],
  'request.too-many': [429, 'Too many requests'],
  'request.unsupported-media-type': [415, 'The body is of a type this route does not accept'],
  'request.not-found': [404, 'There is no such thing, or it is not yours to see'],
  'request.method-not-allowed': [405, 'This address does not answer to that method'],
  'request.version-conflict': [409, 'It has changed since you read it'],
  'request.internal': [500, 'Something failed on our side'],
  'request.unavailable': [503, 'A part that is needed is not available now'],
  'idempotency.key-reused': [409, 'This idempotency key was used for another request'],
  'idempotency.key-invalid': [400, 'The idempotency key does not have the stated form'],
  'auth.required': [401, 'A login or an API key is needed'],
  'auth.bad-credentials': [401, 'The e-mail address or the password is wrong'],
  'auth.expired': [401, 'This login or key has ended'],
  'auth.not-permitted': [403, 'Your role does not permit this'],
  'auth.no-competence': [403, 'Your organisation is not competent for this'],
  'auth.cross-site': [403, 'This request came from another site'],
  'approval.same-person': [409, 'The second person must be somebody else'],
  'approval.reason-required': [400, 'A reason must be given for this'],
  'ledger.unknown-checkpoint': [404, 'No checkpoint of that size is kept'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One field that was wrong: `pointer` is a JSON Pointer (RFC 6901) into the request body. */
export interface FieldFault {
  readonly pointer: string;
  readonly detail: string;
}

/** What a rule throws; one filter turns it into problem+json with the status of the table above. */
export class DomainError extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly details: Readonly<Record<string, unknown>> = {},
    readonly faults: readonly FieldFault[] = [],
  ) {
    super(PROBLEMS[code][1]);
    this.name = 'DomainError';
  }

  get status(): number {
    return PROBLEMS[this.code][0];
  }
}
