import fs from 'node:fs';
import path from 'node:path';
import { homeFolder, writePrivately } from '../receipt-store';
import { NotSignedInError, UsageError } from './exit';
import { errnoOf } from '../errno';

export type Env = Readonly<Record<string, string | undefined>>;

/** A login as it is kept, mode 0600. */
export interface Profile {
  readonly url: string;
  readonly token: string;
  readonly expiresAt: string | null;
  readonly email: string | null;
  readonly organisation: { readonly id: string; readonly slug: string; readonly name: string } | null;
}

export const DEFAULT_URL = 'http://127.0.0.1:3000';
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

export function profileName(flag: string | undefined, env: Env): string {
  const name = flag ?? (env['CLEPSYDRA_PROFILE'] || 'default');
  if (!NAME.test(name))
    throw new UsageError(`"${name}" cannot be the name of a profile: letters, digits, dot and dash only`);
  return name;
}

const fileOf = (name: string, env: Env): string => path.join(homeFolder(env), 'profiles', `${name}.json`);

export function readProfile(name: string, env: Env): Profile | null {
  try {
    return JSON.parse(fs.readFileSync(fileOf(name, env), 'utf8')) as Profile;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw new UsageError(`the profile in ${fileOf(name, env)} cannot be read; remove it and sign in again`);
  }
}

export const writeProfile = (name: string, profile: Profile, env: Env): void =>
  writePrivately(fileOf(name, env), `${JSON.stringify(profile, null, 2)}\n`);

export const removeProfile = (name: string, env: Env): void => fs.rmSync(fileOf(name, env), { force: true });

/** The address and token to use: the environment before the profile. @throws NotSignedInError */
export function credentials(name: string, env: Env): { url: string; token: string; organisationId: string | null } {
  const profile = readProfile(name, env);
  const url = env['CLEPSYDRA_URL'] || profile?.url || DEFAULT_URL;
  if (env['CLEPSYDRA_TOKEN']) return { url: checkUrl(url), token: env['CLEPSYDRA_TOKEN'], organisationId: null };
  if (!profile) throw new NotSignedInError(`Not signed in (profile "${name}"). Sign in with: clepsydra login`);
  // A login is for the server that gave it: its token must not travel to another one.
  if (new URL(url).origin !== new URL(profile.url).origin) {
    throw new NotSignedInError(
      `Profile "${name}" is a login at ${profile.url}, not at ${url}. Sign in with: clepsydra login --url ${url}`,
    );
  }
  return { url: checkUrl(url), token: profile.token, organisationId: profile.organisation?.id ?? null };
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

/** Passwords and tokens go out encrypted, or not beyond this machine. @throws UsageError */
export function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw new UsageError(`"${text}" is not the address of a server`);
  if (url.username || url.password) throw new UsageError('the address of the server must not hold a password');
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new UsageError(`${url.origin} is not encrypted: use https (plain http is only for this machine itself)`);
  }
  return url.href.replace(/\/+$/, '');
}
