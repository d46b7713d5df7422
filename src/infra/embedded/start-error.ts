/** A reason not to start that a person can act on; its message is one line and is shown as it is. */
export class StartError extends Error {}

/** Another process of ours holds the data folder. */
export class AlreadyRunningError extends StartError {}

/** The `code` of a system or PostgreSQL error. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

interface SystemFault {
  readonly code?: string;
  readonly path?: string;
  readonly port?: number;
  readonly syscall?: string;
  readonly address?: string;
}

const faultOf = (error: unknown): SystemFault => (typeof error === 'object' && error !== null ? error : {});

function explainListen(fault: SystemFault): string | undefined {
  const port = fault.port ?? 'asked for';
  if (fault.code === 'EADDRINUSE') return `Port ${port} is taken: stop what uses it, or set PORT to another.`;
  if (fault.syscall !== 'listen') return undefined;
  if (fault.code === 'EACCES')
    return `Port ${port} needs more rights than this process has: set PORT to one above 1023.`;
  if (fault.code === 'EADDRNOTAVAIL') return `${fault.address ?? 'The host'} is not an address of this machine.`;
  return undefined;
}

function explainFile(fault: SystemFault): string | undefined {
  const place = fault.path ?? 'the data folder';
  // /proc and the like.
  if (fault.code === 'ENOENT' && fault.syscall === 'mkdir') return explainFile({ ...fault, code: 'EROFS' });
  switch (fault.code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `Cannot write ${place}: make it writable, or set CLEPSYDRA_DATA to another folder.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk is full: no room to write ${place}. Free some, or set CLEPSYDRA_DATA to another disk.`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${place} is not a folder: remove it, or set CLEPSYDRA_DATA to another folder.`;
    default:
      return undefined;
  }
}

/** PostgreSQL's own codes (SQLSTATE) and those of the connection to it. */
function explainDatabase(fault: SystemFault): string | undefined {
  switch (fault.code) {
    case '53100':
      return 'The disk is full: PostgreSQL has no room to write. Free some and start again.';
    case '28P01':
    case '28000':
      return 'PostgreSQL refused the user or the password: check DATABASE_URL, or the secrets folder of the embedded database.';
    case '3D000':
      return 'The database that DATABASE_URL names does not exist: create it, or change DATABASE_URL.';
    case '53300':
      return 'PostgreSQL has no connection to spare: raise its max_connections or stop another client.';
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return `The database could not be reached (${fault.code}): check DATABASE_URL and that the server runs.`;
    default:
      return undefined;
  }
}

/** One line that says why the service did not start and what to do, for any error met on the way up. */
export function explainStartError(error: unknown): string {
  if (error instanceof StartError) return error.message;
  if (error instanceof AggregateError && error.errors.length > 0) return explainStartError(error.errors[0]);
  const fault = faultOf(error);
  const known = explainListen(fault) ?? explainFile(fault) ?? explainDatabase(fault);
  if (known) return known;
  const message = error instanceof Error ? error.message : String(error);
  return `Clepsydra could not start: ${message.split('\n')[0]}`;
}
