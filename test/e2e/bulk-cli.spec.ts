import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCli, type Run } from '../../sdk/src/cli/testing-run';
import type { BulkLineView, BulkView } from '../../src/cases/bulk/bulk.dto';
import { startWorld, type Person, type World } from '../support/app';

interface Attachment {
  readonly source: string | Uint8Array;
  readonly name?: string;
}

/** What of the built package is used here; it is ESM with a configuration of its own. */
interface BuiltSdk {
  readonly Clepsydra: new (options: {
    baseUrl: string;
    token: string;
    fetch: typeof fetch;
    pause: () => Promise<void>;
  }) => {
    readonly bulk: {
      open(about: object, list: Attachment): Promise<BulkView>;
      get(id: string): Promise<BulkView>;
      results(id: string, query: object): Promise<{ items: BulkLineView[]; next: string | null }>;
    };
  };
}

describe('a long list from the command line and the SDK', () => {
  let world: World;
  let analyst: Person;
  let url: string;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clepsydra-list-'));
    world = await startWorld();
    ({ analyst } = await world.cast());
    url = await world.listen();
  });
  afterAll(async () => {
    await world?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (...args: string[]): Promise<Run> =>
    runCli(args, {
      env: { CLEPSYDRA_HOME: folder, CLEPSYDRA_URL: url, CLEPSYDRA_TOKEN: analyst.token },
      cwd: folder,
    });

  it('opens a case, names the lines that were not taken and ends with the code for it', async () => {
    writeFileSync(join(folder, 'list.csv'), 'url;note\nhxxps://harbour[.]example/cli/1;x\nnonsense;y\n');
    const { code, out } = await run('report', 'list.csv', '--category', 'threat', '--pap', 'amber');
    expect([code, out]).toEqual([10, expect.stringContaining('2 lines: 1 added, 0 joined, 0 held, 1 rejected')]);
    expect(out).toContain('line 3: address.invalid');
    const [, caseId = ''] = /case\s+(\S+)/.exec(out) ?? [];
    expect((await analyst.get(`/v1/cases/${caseId}`)).body).toMatchObject({ category: 'threat', pap: 'amber' });
    writeFileSync(join(folder, 'more.txt'), 'https://harbour.example/cli/2\n');
    const added = await run('report', 'more.txt', '--case', caseId, '--json');
    expect([added.code, JSON.parse(added.out)]).toEqual([0, expect.objectContaining({ caseId, added: 1 })]);
    expect((await run('report', 'list.pdf')).code).toBe(2);
  });

  it('goes on by itself where the connection broke, and gives the result of every line', async () => {
    const sdk = (await import(pathToFileURL(resolve('sdk/dist/index.js')).href)) as BuiltSdk;
    const list = Array.from({ length: 1300 }, (_, i) => `https://harbour.example/sdk/${i}`).join('\n');
    let calls = 0;
    // The answer to the first one is lost on its way.
    const losing: typeof fetch = async (...args) => {
      const answer = await fetch(...args);
      if (++calls === 1) throw new TypeError('the connection broke');
      return answer;
    };
    const pause = (): Promise<void> => Promise.resolve();
    const client = new sdk.Clepsydra({ baseUrl: url, token: analyst.token, fetch: losing, pause });
    const about = { category: 'incitement', ideology: 'other' };
    const report = await client.bulk.open(about, { source: Buffer.from(list), name: 'list.txt' });
    expect(report).toMatchObject({ state: 'completed', lines: 1300, added: 1300, joined: 0 });
    expect(calls).toBe(2);
    expect(await client.bulk.get(report.id)).toMatchObject({ id: report.id, lines: 1300 });
    const page = await client.bulk.results(report.id, { limit: 2, cursor: '1297' });
    expect([page.items.map(({ line }) => line), page.next]).toEqual([[1299, 1300], null]);
  });
});
