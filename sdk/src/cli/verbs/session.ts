import type { OpenedSession, Session } from '../../account-api';
import type { Clepsydra } from '../../clepsydra';
import { ProblemError } from '../../errors';
import { clientAt, signedIn, type Context } from '../context';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { cell, table } from '../output';
import { DEFAULT_URL, checkUrl, credentials, readProfile, removeProfile, writeProfile } from '../profile';
import { ask, readAll } from '../prompt';
import type { Verb } from '../verb';

function personLines(session: Session): string[] {
  return table([
    [
      'person',
      session.person
        ? `${session.person.displayName}${session.person.office ? `, ${session.person.office}` : ''}`
        : '(API key)',
    ],
    ['organisation', `${session.organisation.name} (${session.organisation.slug}, ${session.organisation.kind})`],
    ...(session.organisations.length > 1
      ? [['may act for', session.organisations.map(({ slug }) => slug).join(', ')]]
      : []),
  ]);
}

async function passwordFor(context: Context): Promise<string> {
  if (context.input.flag('password-stdin')) return readAll(context.stdin);
  return context.env['CLEPSYDRA_PASSWORD'] || ask('Password: ', context.stdin, context.stderr, true);
}

/** Signs in for the wanted organisation, given by short name or id. */
async function open(
  client: Clepsydra,
  email: string,
  password: string,
  wanted: string | undefined,
): Promise<OpenedSession> {
  const first = await client.signIn({ email, password });
  if (wanted === undefined || first.organisation.slug === wanted || first.organisation.id === wanted) return first;
  const chosen = first.organisations.find(({ id, slug }) => id === wanted || slug === wanted);
  if (!chosen) {
    await client.signOut();
    throw new UsageError(
      `--organisation ${wanted}: you may act for ${first.organisations.map(({ slug }) => slug).join(', ')}`,
    );
  }
  const second = await client.signIn({ email, password, organisationId: chosen.id });
  return second;
}

async function login(context: Context): Promise<ExitCode> {
  const { input, env, output, profile } = context;
  const before = readProfile(profile, env);
  const url = checkUrl(input.text('url') ?? (env['CLEPSYDRA_URL'] || before?.url || DEFAULT_URL));
  const email = input.text('email') ?? (await ask('E-mail: ', context.stdin, context.stderr, false));
  const password = await passwordFor(context);
  if (password === '') throw new UsageError('no password was given');
  const client = clientAt(context, url);
  await client.witness?.pin();
  const session = await open(client, email, password, input.text('organisation'));
  const { id, slug, name } = session.organisation;
  writeProfile(
    profile,
    { url, token: session.token, expiresAt: session.expiresAt, email, organisation: { id, slug, name } },
    env,
  );
  const { token: _, receipt: __, ...shown } = session;
  output.result({ profile, url, ...shown }, () => [
    `Signed in at ${url} until ${cell(session.expiresAt)}.`,
    ...personLines(session),
  ]);
  return EXIT.ok;
}

async function logout(context: Context): Promise<ExitCode> {
  const { env, output, profile } = context;
  const kept = readProfile(profile, env);
  if (kept) {
    const client = clientAt(context, kept.url, kept.token, kept.organisation?.id);
    // Ended or revoked already: there is nothing left to end but the file.
    const ended = (error: unknown): void => {
      if (!(error instanceof ProblemError && error.status === 401)) throw error;
    };
    await client
      .signOut()
      .catch(ended)
      .finally(() => removeProfile(profile, env));
  }
  output.result({ profile, signedOut: kept !== null }, () => [
    kept ? `Signed out of ${kept.url}.` : 'Was not signed in.',
  ]);
  return EXIT.ok;
}

async function whoami(context: Context): Promise<ExitCode> {
  const { url } = credentials(context.profile, context.env);
  const session = await signedIn(context).session();
  context.output.result({ url, profile: context.profile, ...session }, () => [
    `${url} (profile ${context.profile})`,
    ...personLines(session),
    `may: ${session.permissions.join(', ')}`,
  ]);
  return EXIT.ok;
}

export const SESSION_VERBS: readonly Verb[] = [
  {
    name: 'login',
    summary: 'Sign in; the token is kept for this profile, the password is not',
    args: '',
    positionals: [0, 0],
    options: {
      url: { type: 'text', value: 'address', help: `The server (CLEPSYDRA_URL, or ${DEFAULT_URL})` },
      email: { type: 'text', value: 'address', help: 'Whom to sign in; asked if left out' },
      organisation: {
        type: 'text',
        value: 'short name',
        help: 'Whom to act for, for a person of several organisations',
      },
      'password-stdin': { type: 'flag', help: 'Read the password from standard input (or set CLEPSYDRA_PASSWORD)' },
    },
    notes: [
      "The server's key is kept at the first login and must never change; compare it with one that reached you by another road.",
    ],
    examples: [
      'clepsydra login --url https://clepsydra.example --email analyst@unit.example',
      'clepsydra login --profile harbour --email moderator@harbour.example --password-stdin < password',
    ],
    run: login,
  },
  {
    name: 'logout',
    summary: 'End the login of this profile',
    args: '',
    positionals: [0, 0],
    options: {},
    examples: ['clepsydra logout --profile harbour'],
    run: logout,
  },
  {
    name: 'whoami',
    summary: 'Show who is signed in, where, and what they may do',
    args: '',
    positionals: [0, 0],
    options: {},
    examples: ['clepsydra whoami', 'clepsydra whoami --json'],
    run: whoami,
  },
];
