import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { COMMON_LIST } from '../../src/signals/changes';
import { startWorld, type Person, type World } from '../support/app';
import { hashOf, issue, sequenced } from '../support/exchange';

const FOLDER = join(__dirname, '../../sdk/python/tests');
const version = spawnSync('python3', ['--version']);
const isThere = version.status === 0;
// A machine without Python still passes: the reason stands in the name of what was left out.
const withPython = isThere ? describe : describe.skip;

interface Seen {
  readonly hashes: Readonly<Record<string, [category: string, tags: string[]]>>;
  readonly progress: number;
}

function run(args: readonly string[], token = ''): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn('python3', args, {
      cwd: FOLDER,
      env: { PATH: process.env.PATH, TX_CLEPSYDRA_TOKEN: token, PYTHONDONTWRITEBYTECODE: '1', HOME: '/nonexistent' },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
    child.stderr.on('data', (piece: Buffer) => (err += piece.toString()));
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

withPython(`the extension for tx and HMA${isThere ? '' : ' (left out: there is no python3)'}`, () => {
  let world: World;
  let curator: Person;
  let host: Person;
  let state: string;

  beforeAll(async () => {
    world = await startWorld();
    const { unit, platform } = await world.cast();
    curator = await world.person(unit, ['analyst', 'curator']);
    host = await world.person(platform, ['curator', 'admin']);
    state = mkdtempSync(join(tmpdir(), 'clepsydra-tx-'));
  });
  afterAll(async () => {
    await world.close();
    rmSync(state, { recursive: true, force: true });
  });

  it('passes its own tests with a stock Python and nothing installed', async () => {
    const { code, err } = await run(['-m', 'unittest', 'discover', '--start-directory', '.', '--pattern', 'test_*.py']);
    expect([code, err]).toEqual([0, expect.stringMatching(/Ran \d{2,} tests[\s\S]*OK/)]);
  }, 60_000);

  it('carries labels, opinions, disputes and withdrawals from a running service, a fetch at a time', async () => {
    const md5 = createHash('md5').update('tx').digest('hex');
    const [plain, disputed, withdrawn, unseen] = ['a', 'b', 'c', 'd'].map((name) => hashOf(`tx ${name}`));
    const make = async (body: { type?: string; [more: string]: unknown }): Promise<string> => {
      const hash = body.type === undefined ? { type: 'pdq', quality: 90 } : {};
      const made = await curator.post<{ id: string }>('/v1/signals', { ...hash, labels: {}, ...body });
      expect([made.status, made.body]).toEqual([201, expect.anything()]);
      return made.body.id;
    };
    await make({ value: plain, labels: { category: 'incitement', ideology: 'jihadist' }, severity: 'high' });
    const disputedId = await make({ value: disputed });
    const withdrawnId = await make({ value: withdrawn });
    await make({ value: unseen, reviewed: false });
    await make({ type: 'md5', value: md5 });
    await make({ type: 'sha256', value: hashOf('tx sha') });
    await sequenced(world);
    const address = await world.listen();
    const issued = await issue(host, { protocol: 'feed', lists: [COMMON_LIST] });
    const fetchNow = async (): Promise<Seen> => {
      const { code, out, err } = await run(['live.py', address, join(state, 'state.pickle')], issued.secrets.token);
      expect([code, err]).toEqual([0, '']);
      return JSON.parse(out) as Seen;
    };
    const first = await fetchNow();
    expect(first.hashes).toEqual({
      [`pdq:${plain}`]: ['POSITIVE_CLASS', ['category:incitement', 'ideology:jihadist', 'severity:high']],
      [`pdq:${disputed}`]: ['POSITIVE_CLASS', []],
      [`pdq:${withdrawn}`]: ['POSITIVE_CLASS', []],
      [`pdq:${unseen}`]: ['INVESTIGATION_SEED', []],
      [`video_md5:${md5}`]: ['POSITIVE_CLASS', []],
    });
    await host.post(`/v1/signals/${disputedId}/opinion`, { opinion: 'dispute', reason: 'journalistic' });
    await curator.post(`/v1/signals/${withdrawnId}/withdraw`, { reason: 'wrong file' });
    await sequenced(world);
    const second = await fetchNow();
    expect(second.hashes).toEqual({
      ...Object.fromEntries(Object.entries(first.hashes).filter(([key]) => key !== `pdq:${withdrawn}`)),
      [`pdq:${disputed}`]: ['DISPUTED', ['dispute:journalistic']],
    });
    expect(second.progress).toBeGreaterThanOrEqual(first.progress);
    const refused = await run(['live.py', address], 'clx_wrong');
    expect(refused.code).not.toBe(0);
    expect(refused.err).toContain('the token was refused');
    expect(refused.err).not.toContain('clx_wrong');
  }, 60_000);
});
