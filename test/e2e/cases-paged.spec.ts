import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../sdk/src/cli/testing-run';
import type { BulkView } from '../../src/cases/bulk/bulk.dto';
import type { CaseView, ItemView } from '../../src/cases/cases.dto';
import type { Page } from '../../src/infra/http/paging';
import { type Person, type World } from '../support/app';
import { openCase, startQuietWorld } from '../support/referral';
import { done } from '../support/redress';

const MANY = 450;
let world: World;
let analyst: Person;
let caseId: string;

beforeAll(async () => {
  world = await startQuietWorld();
  ({ analyst } = await world.cast());
  const lines = Array.from({ length: MANY }, (_, i) => `https://harbour.example/paged/${i + 1}`).join('\n');
  const path = '/v1/cases/bulk?category=incitement&ideology=other';
  ({ caseId } = await done(analyst.post<BulkView>(path, lines, { 'content-type': 'text/plain' }), 201));
});
afterAll(() => world?.close());

const itemsAfter = (cursor: string, limit: number): Promise<Page<ItemView>> =>
  done(analyst.get<Page<ItemView>>(`/v1/cases/${caseId}/items?limit=${limit}&cursor=${cursor}`));

const reads = async (): Promise<number> => {
  const { rows } = await world.sql.query<{ n: number }>(
    `select count(*)::int as n from ledger_entry where kind = 'case.read'`,
  );
  return rows[0]?.n ?? 0;
};

describe('a case of many items', () => {
  it('shows the first two hundred, how many there are, and where the others are; every item is read once', async () => {
    const file = await done(analyst.get<CaseView>(`/v1/cases/${caseId}`));
    expect(file).toMatchObject({ itemCount: MANY });
    expect(file.items).toHaveLength(200);
    const seen = file.items.map(({ id }) => id);
    for (let cursor = file.nextItems; cursor !== null;) {
      const page = await itemsAfter(cursor, 100);
      expect(page.items.length).toBeLessThanOrEqual(100);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    }
    expect(new Set(seen).size).toBe(MANY);
    expect(seen).toEqual([...seen].sort());
    const all = await done(analyst.get<Page<ItemView>>(`/v1/cases/${caseId}/items`));
    expect(all.items.map(({ id }) => id)).toEqual(seen.slice(0, 50));
  });

  it('is as it was where there are few', async () => {
    const { id } = await openCase(analyst, ['https://harbour.example/few/1', 'https://harbour.example/few/2']);
    const file = await done(analyst.get<CaseView>(`/v1/cases/${id}`));
    expect(file).toMatchObject({ itemCount: 2, nextItems: null });
    expect(file.items.map(({ address }) => address)).toEqual([
      'https://harbour.example/few/1',
      'https://harbour.example/few/2',
    ]);
  });

  it('has joined items on its pages, too', async () => {
    const { id } = await openCase(analyst, ['https://harbour.example/paged/7', 'https://harbour.example/joined/1']);
    const { items } = await done(analyst.get<Page<ItemView>>(`/v1/cases/${id}/items`));
    expect(items).toHaveLength(2);
    expect(items.filter(({ joined }) => joined)).toHaveLength(1);
    expect((await done(analyst.get<CaseView>(`/v1/cases/${id}`))).itemCount).toBe(2);
  });

  it('is shown whole by the command line', async () => {
    const home = mkdtempSync(join(tmpdir(), 'clepsydra-paged-'));
    try {
      const env = { CLEPSYDRA_HOME: home, CLEPSYDRA_URL: await world.listen(), CLEPSYDRA_TOKEN: analyst.token };
      const { code, out } = await runCli(['case', caseId, '--json'], { env, cwd: home });
      expect(code).toBe(0);
      expect((JSON.parse(out) as CaseView).items).toHaveLength(MANY);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  it('is its organisation’s alone; whoever reads a page is on the record', async () => {
    const before = await reads();
    await done(analyst.get(`/v1/cases/${caseId}/items`));
    expect(await reads()).toBe(before + 1);
    const stranger = await world.person(
      await world.organisation('authority', 'paged-stranger', { competences: ['refer'] }),
      ['analyst'],
    );
    expect((await stranger.get(`/v1/cases/${caseId}/items`)).status).toBe(404);
    expect((await analyst.get(`/v1/cases/${caseId}/items?cursor=nonsense`)).status).toBe(400);
    expect(await reads()).toBe(before + 1);
  });
});
