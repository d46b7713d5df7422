import type { FieldFault } from '../../src/domain/errors';
import { isRecord } from '../../src/domain/json';

/** The server understood and refused: a problem document (RFC 9457). */
export class ProblemError extends Error {
  constructor(
    /** Stable, e.g. `notice.illegal-transition`; has a page under `/problems/<code>`. */
    readonly code: string,
    readonly status: number,
    readonly title: string,
    readonly errors: readonly FieldFault[] = [],
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(`${title} (${code})`);
    this.name = 'ProblemError';
  }
}

/** No answer arrived, or none that a server of this kind gives, after every retry. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
}

/**
 * What the server shows does not fit what it signed before. `answer` is set when the request itself was carried out:
 * do not send it again.
 */
export class VerificationError extends Error {
  override readonly name = 'VerificationError';

  constructor(
    message: string,
    readonly answer?: unknown,
  ) {
    super(message);
  }
}

const OWN_MEMBERS = new Set(['type', 'title', 'status', 'code', 'requestId', 'errors']);
const textOf = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

function faultsOf(value: unknown): FieldFault[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) => {
    const { pointer, detail } = (each ?? {}) as { pointer?: unknown; detail?: unknown };
    return [{ pointer: textOf(pointer, ''), detail: textOf(detail, '') }];
  });
}

/** The problem in an answer that was refused, or a NetworkError when something other than the service answered. */
export async function refusalOf(response: Response): Promise<ProblemError | NetworkError> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  const body: unknown = isProblem ? await response.json().catch(() => null) : null;
  if (!isRecord(body)) {
    await response.body?.cancel().catch(() => undefined);
    return new NetworkError(`the address answered with status ${response.status}, but not as a Clepsydra server does`);
  }
  const problem = body;
  const details = Object.fromEntries(Object.entries(problem).filter(([name]) => !OWN_MEMBERS.has(name)));
  return new ProblemError(
    textOf(problem['code'], 'unknown'),
    response.status,
    textOf(problem['title'], `Status ${response.status}`),
    faultsOf(problem['errors']),
    { ...details, requestId: problem['requestId'] },
  );
}
