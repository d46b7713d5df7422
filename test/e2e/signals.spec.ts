import { Work } from '../../src/infra/database/work';
import { LedgerFollow } from '../../src/ledger/ledger-follow';
import type { FileMatchAnswer, MatchAnswer } from '../../src/signals/matching/match.dto';
import { Directory } from '../../src/signals/matching/directory.service';
import { SignalIndex } from '../../src/signals/matching/signal-index.service';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import { startWorld, type Person, type World } from '../support/app';
import * as images from '../support/images';
import { flip, until } from '../support/signals';

describe('the shared hash database', () => {
  let world: World;
  let analyst: Person;
  let moderator: Person;
  let curator: Person;
  const PDQ = 'f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22';

  beforeAll(async () => {
    world = await startWorld();
    ({ analyst, moderator } = await world.cast());
    curator = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
    await until(async () => world.app.get(SignalIndex).loaded);
  });
  afterAll(() => world.close());

  const match = (person: Person, value: string, radius?: number) =>
    person.get<MatchAnswer>(
      `/v1/signals/match?type=pdq&value=${value}${radius === undefined ? '' : `&radius=${radius}`}`,
    );

  it('finds a contributed hash within 31 bits and not at 32', async () => {
    const made = await analyst.post<SignalView & { receipt: { entry: { digest: string } } }>('/v1/signals', {
      type: 'pdq',
      value: PDQ,
      quality: 90,
      labels: { category: 'incitement', ideology: 'right_wing' },
    });
    expect(made.status).toBe(201);
    expect(made.body.receipt.entry.digest).toMatch(/^[0-9a-f]{64}$/);
    const near = await match(moderator, flip(PDQ, 31));
    expect(near.body.matches).toMatchObject([{ signalId: made.body.id, distance: 31, state: 'active' }]);
    expect(near.body.matches[0]!.contributions[0]).toMatchObject({ organisationName: 'Unit A' });
    expect((await match(moderator, flip(PDQ, 32))).body.matches).toEqual([]);
    expect((await match(moderator, flip(PDQ, 32), 32)).body.matches).toHaveLength(1);
  });

  it('is one signal with two contributions, and matches no more once both are withdrawn', async () => {
    const value = flip(PDQ, 0).replace(/^f8/, '07').replace(/22$/, 'dd');
    const said = { type: 'pdq', value, quality: 90, labels: {} };
    const first = await analyst.post<SignalView>('/v1/signals', said);
    const second = await curator.post<SignalView>('/v1/signals', said);
    expect(second.body.id).toBe(first.body.id);
    expect(second.body.contributions).toHaveLength(2);
    expect((await analyst.post<{ code: string }>('/v1/signals', { type: 'pdq', value, labels: {} })).body.code).toBe(
      'signal.contributed-already',
    );
    const unitCurator = await world.person(analyst.organisation, ['curator']);
    const left = await unitCurator.post<SignalView>(`/v1/signals/${first.body.id}/withdraw`, { reason: 'a mistake' });
    expect(left.body).toMatchObject({ state: 'active' });
    const gone = await curator.post<SignalView>(`/v1/signals/${first.body.id}/withdraw`, { reason: 'a mistake' });
    expect(gone.body).toMatchObject({ state: 'withdrawn', contributions: [] });
    expect((await match(moderator, value, 0)).body.matches).toEqual([]);
    expect(
      (await curator.post<{ code: string }>(`/v1/signals/${first.body.id}/withdraw`, { reason: 'again' })).body.code,
    ).toBe('signal.not-yours');
  });

  it('lets a second node on the same database match within a second what this one added', async () => {
    const other = new SignalIndex(world.app.get(Work), world.app.get(LedgerFollow), world.app.get(Directory));
    other.onApplicationBootstrap();
    await until(async () => other.loaded);
    const value = 'ab'.repeat(32);
    const made = await curator.post<SignalView>('/v1/signals', { type: 'blockhash', value, labels: {} });
    await until(async () => other.near('blockhash', value, 0).some(({ signalId }) => signalId === made.body.id));
    await curator.post(`/v1/signals/${made.body.id}/withdraw`, { reason: 'taken back' });
    await until(async () => other.near('blockhash', value, 0).length === 0);
    await other.onModuleDestroy();
  });

  it('answers the same from the database while a node is still loading', async () => {
    const index = world.app.get<unknown>(SignalIndex) as { isLoaded: boolean };
    const warm = await match(moderator, flip(PDQ, 20));
    index.isLoaded = false;
    const cold = await match(moderator, flip(PDQ, 20));
    index.isLoaded = true;
    expect(warm.body.matches).toHaveLength(1);
    expect(cold.body.matches).toEqual(warm.body.matches);
    expect([warm.body.freshness.source, cold.body.freshness.source]).toEqual(['index', 'database']);
  });

  it('catches a recompressed picture by its file, and not an unrelated one', async () => {
    const original = await images.sceneJpeg(41);
    const asked = await analyst.form<FileMatchAnswer>('/v1/signals/match', formOf(original));
    expect(asked.status).toBe(200);
    const { hash, quality } = asked.body.image!.pdq;
    await analyst.post('/v1/signals', { type: 'pdq', value: hash, quality, labels: { category: 'threat' } });
    const again = await moderator.form<FileMatchAnswer>(
      '/v1/signals/match',
      formOf(await images.recompressed(original, 40)),
    );
    expect(again.body.matches).toMatchObject([{ type: 'pdq', value: hash }]);
    const other = await moderator.form<FileMatchAnswer>('/v1/signals/match', formOf(await images.sceneJpeg(42)));
    expect(other.body.matches).toEqual([]);
  });

  it('says why a file was matched by exact hashes alone', async () => {
    const answer = await moderator.form<FileMatchAnswer>(
      '/v1/signals/match',
      formOf(Buffer.from('no picture at all'), 'note.txt'),
    );
    expect(answer.body).toMatchObject({
      image: null,
      matchable: 'exact only: not an image',
      notHashed: null,
    });
  });

  it.each([
    ['type=pdq&value=abc', '/value'],
    [`type=pdq&value=${PDQ.toUpperCase()}`, '/value'],
    [`type=pdq&value=${PDQ}&radius=65`, '/radius'],
    [`type=sha256&value=${PDQ}&radius=3`, '/radius'],
    [`type=phash&value=${PDQ}`, '/type'],
  ])('refuses %s and says where', async (query, pointer) => {
    const answer = await moderator.get<{ errors: { pointer: string }[] }>(`/v1/signals/match?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((fault) => fault.pointer)).toContain(pointer);
  });

  it('names no exhibit that is not the contributor’s to see', async () => {
    const data = new FormData();
    const items = [{ url: 'https://harbour.example/with-exhibit' }];
    data.set('case', JSON.stringify({ category: 'incitement', ideology: 'unknown', items }));
    data.append('file', new Blob(['some text']), 'note.txt');
    const opened = await analyst.form<{ exhibits: { id: string }[] }>('/v1/cases', data);
    const exhibitId = opened.body.exhibits[0]!.id;
    const signal = { type: 'sha256', value: '5e'.repeat(32), labels: {} };
    const nowhere = '019b0000-0000-7000-8000-000000000001';
    for (const [person, id] of [
      [curator, exhibitId],
      [analyst, nowhere],
    ] as const) {
      // prettier-ignore
      const refused = await person.post('/v1/signals', { ...signal, exhibitId: id });
      expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer: '/exhibitId' }] } });
    }
    expect((await analyst.post('/v1/signals', { ...signal, exhibitId })).status).toBe(201);
  });

  it('refuses a hash that says too little', async () => {
    const flat = await analyst.post<{ code: string }>('/v1/signals', {
      type: 'pdq',
      value: '0'.repeat(64),
      labels: {},
    });
    const poor = await analyst.post<{ code: string }>('/v1/signals', {
      type: 'pdq',
      value: PDQ.replaceAll('f', 'a'),
      quality: 49,
      labels: {},
    });
    expect([flat.body.code, poor.body.code]).toEqual(['signal.low-quality', 'signal.low-quality']);
  });
});

function formOf(bytes: Buffer, name = 'picture.jpg'): FormData {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(bytes)]), name);
  return form;
}
