/**
 * Where a host is known to treat two addresses as one. An exception says so for named hosts; without one, everything
 * after the host counts. There is none by default: each needs somebody to have checked it on that platform.
 */
export interface HostRule {
  /** Lower case, punycode; every name the rule speaks of. */
  readonly hosts: readonly string[];
  /** The one name that all of them are compared as. */
  readonly sameAs?: string;
  readonly ignoreParameters?: readonly string[];
  readonly ignoreFragment?: boolean;
  readonly ignorePathCase?: boolean;
  readonly ignoreHandleCase?: boolean;
}

export const HOST_RULES: readonly HostRule[] = [];
