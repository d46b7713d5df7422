import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { main } from '../../sdk/src/cli';
import { Clepsydra } from '../../sdk/src/clepsydra';
import type { BulkReport } from '../../sdk/src/bulk';
import { startWorld, type Person, type World } from '../support/app';

/** What was written to it, as a terminal that is none. */
class Written extends Writable {
  text = '';
  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    done();
  }
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

  async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const [out, err] = [new Written(), new Written()];
    const code = await main(args, {
      env: { CLEPSYDRA_URL: url, CLEPSYDRA_TOKEN: analyst.token, CLEPSYDRA_HOME: folder },
      stdin: process.stdin,
      stdout: out as unknown as NodeJS.WriteStream,
      stderr: err as unknown as NodeJS.WriteStream,
      packageFolder: folder,
      interrupted: new AbortController().signal,
    });
    return { code, out: out.text, err: err.text };
  }

  it('opens a case, names the lines that were not taken and ends with the code for it', async () => {
    const file = join(folder, 'list.csv');
    writeFileSync(file, 'url;note\nhxxps://harbour[.]example/cli/1;x\nnonsense;y\n');
    const { code, out } = await run('report', file, '--category', 'threat', '--pap', 'amber');
    expect([code, out]).toEqual([10, expect.stringContaining('2 lines: 1 added, 0 joined, 0 held, 1 rejected')]);
    expect(out).toContain('line 3: address.invalid');
    const [, caseId = ''] = /case\s+(\S+)/.exec(out) ?? [];
    expect((await analyst.get(`/v1/cases/${caseId}`)).body).toMatchObject({ category: 'threat', pap: 'amber' });
    const more = join(folder, 'more.txt');
    writeFileSync(more, 'https://harbour.example/cli/2\n');
    const added = await run('report', more, '--case', caseId, '--json');
    expect([added.code, (JSON.parse(added.out) as BulkReport).caseId]).toEqual([0, caseId]);
    expect((await run('report', join(folder, 'list.pdf'))).code).toBe(2);
  });

  it('goes on by itself where the connection broke, and gives the result of every line', async () => {
    const list = Array.from({ length: 1300 }, (_, i) => `https://harbour.example/sdk/${i}`).join('\n');
    let calls = 0;
    // The answer to the first one is lost on its way.
    const losing: typeof fetch = async (...args) => {
      const answer = await fetch(...args);
      if (++calls === 1) throw new TypeError('the connection broke');
      return answer;
    };
    const client = new Clepsydra({ baseUrl: url, token: analyst.token, fetch: losing, pause: () => Promise.resolve() });
    const about = { category: 'incitement', ideology: 'other' } as const;
    const report = await client.bulk.open(about, { source: Buffer.from(list), name: 'list.txt' });
    expect(report).toMatchObject({ state: 'completed', lines: 1300, added: 1300, joined: 0 });
    expect(calls).toBe(2);
    expect(await client.bulk.get(report.id)).toMatchObject({ id: report.id, lines: 1300 });
    const page = await client.bulk.results(report.id, { limit: 2, cursor: '1297' });
    expect([page.items.map(({ line }) => line), page.next]).toEqual([[1299, 1300], null]);
  });
});
