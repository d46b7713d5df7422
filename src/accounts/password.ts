import { hash, verify } from '@node-rs/argon2';

/** argon2id with the first parameters of RFC 9106 section 4 that suit a busy server: 64 MiB, 3 passes, 4 lanes. */
const OPTIONS = { memoryCost: 65_536, timeCost: 3, parallelism: 4 };

export const hashPassword = (password: string): Promise<string> => hash(password, OPTIONS);

/** A hash nobody knows the password of: an unknown e-mail address takes as long to refuse as a wrong password. */
let decoy: Promise<string> | undefined;

export async function verifyPassword(stored: string | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword(crypto.randomUUID());
  const right = await verify(stored ?? (await decoy), password);
  return right && stored !== undefined;
}
