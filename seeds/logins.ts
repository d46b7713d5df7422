import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readOrCreateSecret } from '../src/infra/secrets';
import { everybody, nameOf } from './cast';

/** Read aloud and typed by hand: no letter that looks like another. Sixteen of them are 80 bits. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 4;
const GROUP_LENGTH = 4;

const randomGroup = (): string =>
  Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)] ?? '').join('');

const makePassword = (): string => Array.from({ length: GROUPS }, randomGroup).join('-');

type Row = readonly [email: string, password: string, organisation: string, roles: string];

const HEADINGS: Row = ['E-mail', 'Password', 'Organisation', 'Roles'];

function tableOf(rows: readonly Row[]): string {
  const all = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n'); // prettier-ignore
}

/** One line a membership: whoever belongs to two organisations stands there twice, with one password. */
function makeTable(): string {
  return tableOf(
    everybody().flatMap(({ email, memberships }) => {
      const password = makePassword();
      return memberships.map(({ organisation, roles }): Row => [email, password, nameOf(organisation), roles.join(', ')]);
    }),
  ); // prettier-ignore
}

export interface Logins {
  /** As it is printed and kept. */
  readonly table: string;
  /** @throws when the file no longer names this person */
  passwordOf(email: string): string;
}

const FILE = 'demo-logins.txt';

function parse(table: string): Logins {
  const passwords = new Map([...table.matchAll(/^(\S+@\S+) +(\S+)/gm)].map((line) => [line[1], line[2]]));
  return {
    table,
    passwordOf(email) {
      const password = passwords.get(email);
      if (!password) throw new Error(`${FILE} has been changed: remove it to have new passwords made`);
      return password;
    },
  };
}

/** The logins of the demo, made at random on first use and kept in `demo-logins.txt` (0600) of the data folder. */
export function readOrMakeLogins(dataDirectory: string): Logins {
  const made = readOrCreateSecret(dataDirectory, FILE, () => Buffer.from(`${makeTable()}\n`));
  return parse(made.toString('utf8'));
}

/** Once the story is told, new passwords would open nothing: null when somebody has put the file away. */
export const readLogins = (dataDirectory: string): Logins | null =>
  existsSync(join(dataDirectory, FILE)) ? readOrMakeLogins(dataDirectory) : null;
