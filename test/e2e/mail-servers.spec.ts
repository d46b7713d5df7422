import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, readConfig, type MailSettings } from '../../src/infra/config';
import { MailOut, type MailOutcome } from '../../src/infra/mail/mail-out';
import { mailSettings, MailSink, silentServer } from '../support/mail';
import { CERTIFICATE, PRIVATE_KEY } from '../support/mail-certificate';

let folder: string;
let caFile: string;
const [cert, key] = [CERTIFICATE, PRIVATE_KEY];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clepsydra-mail-'));
  caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, CERTIFICATE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const letter = {
  id: '0190a0a0-0000-7000-8000-000000000001',
  to: 'tco@own.example',
  returnPath: 'bounce+x@bounces.unit-a.example',
  subject: 'Referral',
  text: 'Nothing.\n',
  language: 'en',
};

function send(
  settings: MailSettings,
  signal = new AbortController().signal,
  patience = { wholeMs: 20_000, silenceMs: 10_000 },
): Promise<MailOutcome> {
  const config = { ...readConfig({ CLEPSYDRA_DATA: folder }), mail: settings };
  const out = Object.assign(new MailOut(config, async () => ['localhost']), { patience });
  return out.send(letter, signal);
}

/** A sink that lives for one test. */
async function withSink(options: object, work: (sink: MailSink) => Promise<void>): Promise<void> {
  const sink = await new MailSink({ disabledCommands: ['AUTH'], ...options }).listen();
  try {
    await work(sink);
  } finally {
    await sink.close();
  }
}

describe('a relay', () => {
  it('that offers STARTTLS with a certificate that we trust takes the mail encrypted', async () => {
    await withSink({ cert, key, authOptional: true }, async (sink) => {
      const outcome = await send(mailSettings(sink.port, { tls: 'required', caFile }));
      expect(outcome).toMatchObject({ kind: 'accepted', status: 250, isExchanger: true });
      expect(sink.to(letter.to)[0]?.raw).toContain('Nothing.');
    });
  });

  it('that offers none, or one that nobody vouches for, gets nothing where encryption is required', async () => {
    await withSink({ disabledCommands: ['STARTTLS', 'AUTH'] }, async (sink) => {
      expect(await send(mailSettings(sink.port, { tls: 'required' }))).toMatchObject({
        kind: 'failed',
        problem: 'mail-tls',
      });
      expect(sink.kept).toEqual([]);
    });
    await withSink({ cert, key }, async (sink) => {
      expect(await send(mailSettings(sink.port, { tls: 'required' }))).toMatchObject({
        kind: 'failed',
        problem: 'mail-tls',
      });
      expect(sink.kept).toEqual([]);
    });
  });

  it('that asks for a password gets the one of the file, and refuses a wrong one for us to mend', async () => {
    const passwordFile = join(folder, 'password');
    const options = {
      cert,
      key,
      disabledCommands: [],
      authOptional: false,
      onAuth: ({ password }: { password?: string }, _session: unknown, done: (e: null, r: object) => void) =>
        done(null, password === 'right' ? { user: 'orders' } : { message: 'no' }),
    };
    await withSink(options, async (sink) => {
      const settings = mailSettings(sink.port, { tls: 'required', caFile, user: 'orders', passwordFile });
      writeFileSync(passwordFile, 'wrong\n', { mode: 0o600 });
      expect(await send(settings)).toMatchObject({ kind: 'failed', problem: 'mail-auth' });
      writeFileSync(passwordFile, 'right\n', { mode: 0o600 });
      expect(await send(settings)).toMatchObject({ kind: 'accepted' });
    });
  });

  it('that takes the connection and never says a word fails, and is let go of when the service stops', async () => {
    const silent = await silentServer();
    try {
      const stopping = new AbortController();
      setTimeout(() => stopping.abort(), 50);
      const outcome = await send(mailSettings(silent.port), stopping.signal);
      expect(outcome).toEqual({ kind: 'failed', status: null, problem: 'mail-timeout', response: null });
      for (const short of [
        { wholeMs: 20_000, silenceMs: 100 },
        { wholeMs: 100, silenceMs: 10_000 },
      ]) {
        const given = await send(mailSettings(silent.port), new AbortController().signal, short);
        expect(given).toMatchObject({ kind: 'failed', problem: 'mail-timeout' });
      }
    } finally {
      await silent.close();
    }
  });

  it('that is not there fails', async () => {
    const { port, close } = await silentServer();
    await close();
    expect(await send(mailSettings(port))).toMatchObject({ kind: 'failed', problem: 'mail-unreachable' });
  });
});

describe('the settings of mail', () => {
  const faultsOf = (env: Record<string, string>): readonly string[] => {
    try {
      readConfig(env);
      return [];
    } catch (error) {
      return error instanceof ConfigurationError ? error.faults : [String(error)];
    }
  };

  it('are refused whole, with every fault at once', () => {
    expect(
      faultsOf({ CLEPSYDRA_MAIL_HOST: 'mx.example', CLEPSYDRA_MAIL_TLS: 'none', CLEPSYDRA_MAIL_USER: 'u' }),
    ).toEqual([
      expect.stringMatching(/MAIL_HOST must be loopback/),
      expect.stringMatching(/MAIL_TLS=none/),
      expect.stringMatching(/MAIL_FROM/),
      expect.stringMatching(/MAIL_BOUNCE_DOMAIN/),
      expect.stringMatching(/MAIL_PASSWORD_FILE belong together/),
      expect.stringMatching(/required or implicit/),
    ]);
  });

  it('ask for encryption and for the exchanger’s own word unless told otherwise', () => {
    const env = {
      CLEPSYDRA_MAIL_HOST: 'localhost',
      CLEPSYDRA_MAIL_FROM: 'orders@unit-a.example',
      CLEPSYDRA_MAIL_BOUNCE_DOMAIN: 'bounces.unit-a.example',
    };
    expect(readConfig(env).mail).toMatchObject({ port: 587, tls: 'required', proof: 'exchanger' });
    expect(readConfig({}).mail).toBeUndefined();
  });
});
