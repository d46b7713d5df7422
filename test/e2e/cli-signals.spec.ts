import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { runCli, type Run } from '../../sdk/src/cli/testing-run';
import { SettableClock } from '../../src/infra/clock-source';
import { startWorld, type Person, type World } from '../support/app';
import { recompressed, sceneJpeg } from '../support/images';

const DAY_MS = 86_400_000;
const WORDS = ['--category', 'incitement', '--ideology', 'unknown', '--behaviour', 'incitement', '--severity', 'high'];

interface Contributed {
  readonly contributed: number;
  readonly already: number;
  readonly refused: number;
  readonly hashes: readonly { type: string; value: string; outcome: string; signalId: string | null; code: string }[];
}

interface Matched {
  readonly sha256: string;
  readonly matches: readonly {
    signalId: string;
    type: string;
    distance: number;
    action: string;
    because: string;
    policyVersion: number | null;
    variant?: string;
    lists: readonly { name: string }[];
  }[];
}

describe('hashes are shared with the command line alone', () => {
  const clock = new SettableClock(new Date());
  const people = new Map<string, Person>();
  let world: World;
  let url: string;
  let home: string;

  /** The real program in a process of its own, with the key of this person in its environment. */
  function run(who: string, ...args: readonly string[]): Promise<Run> {
    const token = people.get(who)?.token;
    return runCli(args, { env: { CLEPSYDRA_HOME: home, CLEPSYDRA_URL: url, CLEPSYDRA_TOKEN: token }, cwd: home });
  }

  /** What it printed in words; fails the test unless it ended with 0. */
  async function says(who: string, ...args: readonly string[]): Promise<string> {
    const ran = await run(who, ...args);
    expect([ran.code, ran.code === 0 ? '' : ran.err + ran.out]).toEqual([0, '']);
    return ran.out;
  }

  async function json<T>(who: string, args: readonly string[], code = 0): Promise<T> {
    const ran = await run(who, ...args, '--json');
    expect([ran.code, ran.code === code ? '' : ran.err + ran.out]).toEqual([code, '']);
    const document: T = JSON.parse(ran.out);
    return document;
  }

  async function save(name: string, bytes: Buffer | Promise<Buffer>): Promise<string> {
    writeFileSync(join(home, name), await bytes);
    return name;
  }

  const match = (who: string, ...args: readonly string[]): Promise<Matched> => json<Matched>(who, ['match', ...args]);
  const pdqOf = ({ matches }: Matched): Matched['matches'][number] | undefined =>
    matches.find(({ type }) => type === 'pdq');

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'clepsydra-cli-signals-'));
    world = await startWorld({ clock });
    url = await world.listen();
    const { unit, analyst, moderator, supervisor } = await world.cast();
    const watch = await world.organisation('civil_society', 'threadwatch', { name: 'Threadwatch' });
    const kiln = await world.organisation('platform', 'kiln', { name: 'Kiln', hosts: ['kiln.example'] });
    people.set('unit', analyst).set('second', supervisor).set('harbour', moderator);
    people.set('keeper', await world.person(unit, ['curator']));
    people.set('curator', await world.person(watch, ['curator']));
    people.set('kiln', await world.person(kiln, ['moderator', 'curator']));
    await save('leaflet.jpg', sceneJpeg(501));
    await save('banner.jpg', sceneJpeg(502));
    await save('festival.jpg', sceneJpeg(503));
  });
  afterAll(async () => {
    await world?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('makes a list, lets two platforms in and shows it to them alone', async () => {
    const made = await says('curator', 'lists', 'create', 'grey-harvest', '--name', 'Grey Harvest', '--purpose', 'One campaign'); // prettier-ignore
    expect(made).toMatch(/shared with +group, TLP:AMBER/);
    await says('curator', 'lists', 'add', 'grey-harvest', 'harbour');
    const shown = await says('curator', 'lists', 'add', 'grey-harvest', 'kiln', '--read-only');
    expect(shown).toMatch(/Harbour +reads and adds/);
    expect(shown).toMatch(/Kiln +reads {2}/);
    expect(await says('harbour', 'lists')).toMatch(
      /grey-harvest +Grey Harvest +Threadwatch +group +TLP:AMBER +read, add/,
    );
    expect(await says('kiln', 'lists')).toMatch(/TLP:AMBER +read {2}/);
    expect(await says('unit', 'lists')).not.toContain('grey-harvest');
    const hidden = await run('unit', 'lists', 'show', 'grey-harvest');
    expect([hidden.code, hidden.err]).toEqual([2, expect.stringContaining('there is no list')]);
  });

  it('hashes files here, contributes them by hash, and says what stood already', async () => {
    const given = await json<Contributed>('curator', ['contribute', 'leaflet.jpg', 'banner.jpg', '--list', 'grey-harvest', ...WORDS]); // prettier-ignore
    expect(given).toMatchObject({ contributed: 10, already: 0, refused: 0 });
    expect(new Set(given.hashes.map(({ type }) => type))).toEqual(new Set(['sha256', 'sha512', 'md5', 'pdq', 'blockhash'])); // prettier-ignore
    // More than a few go as one batch, which counts.
    const files = ['leaflet.jpg', 'banner.jpg', 'festival.jpg'];
    const again = await json<Contributed>('curator', ['contribute', ...files, '--list', 'grey-harvest', ...WORDS]);
    expect(again).toMatchObject({ contributed: 5, already: 10 });
    const once = await json<Contributed>('curator', ['contribute', 'leaflet.jpg', '--types', 'pdq', '--list', 'grey-harvest']); // prettier-ignore
    expect(once.hashes).toMatchObject([{ type: 'pdq', outcome: 'already', signalId: expect.any(String) }]);
    // Local and exact: what the server computes of the same file is the same.
    const found = await match('harbour', 'leaflet.jpg');
    expect(found.matches.map(({ type, distance }) => [type, distance])).toEqual(
      expect.arrayContaining([['sha256', 0], ['md5', 0], ['pdq', 0], ['blockhash', 0]]), // prettier-ignore
    );
  });

  it('refuses a hash that says nothing, and tells refused in part from refused', async () => {
    const nothing = '0'.repeat(64);
    const refused = await json<Contributed>('curator', ['contribute', nothing, '--category', 'other'], 1);
    expect(refused.hashes).toMatchObject([{ outcome: 'refused', code: 'signal.low-quality' }]);
    const partly = await json<Contributed>('curator', ['contribute', nothing, 'ab'.repeat(16), '--unreviewed'], 10);
    expect(partly).toMatchObject({ contributed: 1, refused: 1, hashes: [{}, { type: 'md5', state: 'provisional' }] });
    expect((await run('curator', 'contribute', 'leaflet.jpg', '--behaviour', 'rudeness')).code).toBe(2);
    expect((await run('curator', 'contribute', 'leaflet.jpg', '--types', 'vpdq')).code).toBe(2);
  });

  it('tells a moderator what a match is, why, of whom and how fresh, and finds it turned where that is asked', async () => {
    await save('upload.jpg', recompressed(await sceneJpeg(501), 40));
    const shown = await says('harbour', 'match', 'upload.jpg');
    expect(shown).toMatch(/^ {2}review +pdq +(identical|\d+ bits) +active +incitement, unknown/m);
    expect(shown).toContain('because everything else (default policy)');
    expect(shown).toContain('from Threadwatch, on Grey Harvest (TLP:AMBER)');
    expect(shown).toMatch(/severity high/);
    expect(shown).toMatch(/^as of ledger entry \d+/m);
    await save('turned.jpg', sharp(await sceneJpeg(501)).rotate(90).jpeg().toBuffer()); // prettier-ignore
    expect((await match('harbour', 'turned.jpg')).matches).toEqual([]);
    const [turned] = (await match('harbour', 'turned.jpg', '--variants', 'dihedral,letterbox')).matches;
    expect(turned).toMatchObject({ type: 'pdq', variant: expect.stringMatching(/rotate/) });
    expect(await says('unit', 'match', 'upload.jpg')).toContain('No match.');
    const { sha256 } = await match('harbour', 'leaflet.jpg');
    expect((await match('harbour', '--type', 'sha256', '--value', sha256)).matches).toHaveLength(1);
    expect((await run('harbour', 'match')).code).toBe(2);
    expect((await run('harbour', 'match', sha256, '--variants', 'dihedral')).code).toBe(2);
  });

  it('drafts a policy, tries it on what was matched, and puts it in force', async () => {
    expect(await says('harbour', 'policy')).toContain('the default, which everybody has');
    const rules = [
      { name: 'identical', action: 'block', types: ['sha256', 'sha512'], reviewed: true },
      { name: 'far away', action: 'ignore', types: ['md5', 'blockhash'] },
      { name: 'the rest', action: 'review' },
    ];
    await save('uploads.json', Buffer.from(JSON.stringify(rules)));
    expect(await says('harbour', 'policy', 'draft', 'uploads.json')).toMatch(/policy +uploads +version 1 +draft/);
    const from = new Date(clock.now().getTime() - DAY_MS).toISOString();
    const to = new Date(clock.now().getTime() + DAY_MS).toISOString();
    const tried = await says('harbour', 'policy', 'dry-run', '--from', from, '--to', to);
    expect(tried).toMatch(/before +block [1-9]\d*, review [1-9]\d*, ignore 0/);
    expect(tried).toMatch(/after +block [1-9]\d*, review [1-9]\d*, ignore [1-9]/);
    expect(tried).toMatch(/review → ignore +(md5|blockhash)/);
    expect(await says('harbour', 'policy', 'enforce')).toMatch(/uploads +version 1 +in_force/);
    const known = await match('harbour', 'leaflet.jpg');
    expect(known.matches.find(({ type }) => type === 'sha256')).toMatchObject({ action: 'block', because: 'identical', policyVersion: 1 }); // prettier-ignore
    expect(known.matches.find(({ type }) => type === 'md5')).toMatchObject({ action: 'ignore' });
    await save('broken.json', Buffer.from('[{"name": "x", "action": "explode"}]'));
    const wrong = await run('harbour', 'policy', 'draft', 'broken.json');
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('/rules/0/action')]);
    expect((await run('harbour', 'policy', 'enforce')).err).toContain('there is no draft');
  });

  it('says what became of a match, and the next one who asks sees it', async () => {
    const signal = pdqOf(await match('harbour', 'upload.jpg'))?.signalId ?? '';
    expect(await says('harbour', 'feedback', signal, 'already-known')).toMatch(/already known 1/);
    expect(await says('harbour', 'feedback', signal, 'confirmed', '--note', 'taken down')).toMatch(/confirmed 1, false 0, already known 0/); // prettier-ignore
    expect(await says('kiln', 'match', 'upload.jpg')).toContain('1 found it right');
    expect((await run('harbour', 'feedback', signal, 'perhaps')).code).toBe(2);
    expect((await run('harbour', 'feedback', 'leaflet.jpg', 'false')).code).toBe(2);
  });

  it('disputes a hash, shows the hours that are left, and lets the list’s owner decide', async () => {
    const signal = pdqOf(await match('kiln', 'festival.jpg'))?.signalId ?? '';
    const disputed = await says('kiln', 'dispute', signal, '--reason', 'not_terrorist_content', '--note', 'A harvest festival'); // prettier-ignore
    expect(disputed).toMatch(/disputed/);
    expect(await says('harbour', 'match', 'festival.jpg')).toMatch(/review +pdq +identical +disputed/);
    const open = await says('curator', 'disputes');
    expect(open).toMatch(/7[12] h left +not_terrorist_content +Kiln .*uphold, reject +A harvest festival/);
    const { items } = await json<{ items: { id: string }[] }>('curator', ['disputes']);
    const dispute = items[0]?.id ?? '';
    const own = await run('kiln', 'resolve', dispute, '--reject', '--note', 'or not');
    expect([own.code, own.err]).toEqual([1, expect.stringContaining('dispute.own')]);
    expect((await run('curator', 'resolve', dispute, '--uphold', '--reject', '--note', 'x')).code).toBe(2);
    expect((await run('curator', 'resolve', dispute, '--uphold')).err).toContain('--note is missing');
    expect(await says('curator', 'resolve', dispute, '--uphold', '--note', 'A festival, as they say')).toMatch(
      /upheld/,
    );
    expect(await says('curator', 'disputes')).toContain('No dispute.');
    expect(await says('kiln', 'disputes', '--all')).toMatch(/upheld .*A festival, as they say/);
    expect(pdqOf(await match('harbour', 'festival.jpg'))).toBeUndefined();
  });

  it('confirms a hash of others, and still confirms the host of a platform', async () => {
    const signal = pdqOf(await match('kiln', 'banner.jpg'))?.signalId ?? '';
    expect(await says('kiln', 'confirm', signal, '--note', 'seen here too')).toMatch(/1 confirm/);
    await run('unit', 'refer', 'https://unknown-forum.example/t/1', '--category', 'other');
    const platform = await says('second', 'confirm', 'unknown-forum.example', '--name', 'A forum', '--note', 'telephone'); // prettier-ignore
    expect(platform).toContain('A forum');
    expect((await run('kiln', 'confirm', signal.replace(/^.{8}/, '00000000'))).code).toBe(1);
  });

  it('contributes a preserved exhibit, and names the copy of it a re-upload of the item', async () => {
    await save('poster.jpg', sceneJpeg(504));
    await save('copy.jpg', recompressed(await sceneJpeg(504), 35));
    type Filed = { case: { id: string; reference: string; items: { id: string }[]; exhibits: { id: string }[] } };
    const refer = ['--category', 'incitement', '--no-send', '--file'];
    const first = await json<Filed>('unit', ['refer', 'https://harbour.example/p/first', ...refer, 'poster.jpg']);
    const [exhibit, item] = [first.case.exhibits[0]?.id ?? '', first.case.items[0]?.id ?? ''];
    const given = await says('unit', 'contribute', exhibit, '--category', 'incitement', '--ideology', 'unknown', '--types', 'sha256,pdq'); // prettier-ignore
    expect(given.trim().split('\n')).toHaveLength(2);
    expect(given).toMatch(/^contributed +pdq +.*signal [0-9a-f-]{36}/m);

    const second = await says('unit', 'refer', 'https://kiln.example/p/again', ...refer, 'copy.jpg');
    expect(second).toMatch(/^ {2}review +pdq /m);
    const reference = /^case +\S+ +(\S+)/m.exec(second)?.[1] ?? '';
    const shown = await says('unit', 'case', reference.toLowerCase());
    expect(shown).toMatch(new RegExp(`re-upload of item ${item} \\((identical|\\d+ bits)\\)`));
    expect(shown).toMatch(/pdq +[0-9a-f]{64} +quality \d+/);
    const custody = await says('unit', 'custody', exhibit);
    expect(custody).toMatch(/^pdq +[0-9a-f]{64} +quality \d+/m);
    expect(custody).toContain('entries verify');
  });

  it('takes back one hash of its own, and after an annulled order all that came from a case', async () => {
    await save('mural.jpg', sceneJpeg(505));
    const given = await json<Contributed>('curator', ['contribute', 'mural.jpg', '--list', 'grey-harvest', '--types', 'pdq', ...WORDS]); // prettier-ignore
    const signal = given.hashes[0]?.signalId ?? '';
    expect((await run('curator', 'retract', signal)).err).toContain('--note is missing');
    expect((await run('curator', 'retract', signal, '--case', signal, '--note', 'both')).code).toBe(2);
    expect((await run('harbour', 'retract', signal, '--note', 'of another')).code).toBe(1);
    const taken = await says('curator', 'retract', signal, '--list', 'grey-harvest', '--note', 'the wrong file');
    expect(taken).toMatch(/withdrawn/);

    type Filed = { case: { id: string; exhibits: { id: string }[] } };
    const filed = await json<Filed>('unit', ['refer', 'https://harbour.example/p/mural', '--category', 'incitement', '--no-send', '--file', 'mural.jpg']); // prettier-ignore
    const exhibit = filed.case.exhibits[0]?.id ?? '';
    await says(
      'unit',
      'contribute',
      exhibit,
      '--category',
      'incitement',
      '--ideology',
      'unknown',
      '--types',
      'pdq,md5',
    );
    const all = await says('keeper', 'retract', '--case', filed.case.id, '--note', 'annulled, 12/26');
    expect(all).toMatch(/^2 contributions ended: 2 hashes nobody stands behind any more, 0 disputed /);
  });
});
