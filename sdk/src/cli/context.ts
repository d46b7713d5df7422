import { Clepsydra } from '../clepsydra';
import { ReceiptStore, homeFolder } from '../receipt-store';
import type { Input } from './args';
import type { Output } from './output';
import { credentials, profileName, type Env } from './profile';

/** What a verb has to work with. */
export interface Context {
  readonly input: Input;
  readonly output: Output;
  readonly env: Env;
  readonly profile: string;
  /** Where this package lies, to find the installation it is part of. */
  readonly packageFolder: string;
  readonly stdin: NodeJS.ReadStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
}

export function clientAt(context: Context, url: string, token?: string, organisationId?: string | null): Clepsydra {
  const { output } = context;
  return new Clepsydra({
    baseUrl: url,
    ...(token === undefined ? {} : { token }),
    ...(organisationId ? { organisationId } : {}),
    receipts: ReceiptStore.of(url, homeFolder(context.env)),
    onPinned: (key) => output.remark(`Key of this server, kept from now on: ${key}`),
    onUnchecked: (reason) => output.remark(`The receipt was kept; it could not be checked yet (${reason}).`),
  });
}

/** The account of the chosen profile, or of the environment. @throws NotSignedInError */
export function signedIn(context: Context): Clepsydra {
  const { url, token, organisationId } = credentials(context.profile, context.env);
  return clientAt(context, url, token, organisationId);
}

export const profileOf = (input: Input, env: Env): string => profileName(input.text('profile'), env);
