import sharp from 'sharp';
import { Work } from '../../src/infra/database/work';
import { LedgerFollow } from '../../src/ledger/ledger-follow';
import { testCard } from '../../src/signals/defence/known-harmless';
import { NegativeIndex } from '../../src/signals/defence/negative-index.service';
import type { NegativesAnswer } from '../../src/signals/defence/review/defence.dto';
import { randomHash } from '../support/hashes';
import { DefenceStory, flip, sha, until, type Problem } from '../support/signals';

describe('hashes that must not match', () => {
  const story = new DefenceStory();

  it('refuses hashes of nothing: low quality, the empty file, a test card and a gradient as any program would save them', async () => {
    const body = await story.contributor();
    const refusedFor = async (signal: object) =>
      (await body.post<Problem>('/v1/signals', { labels: {}, ...signal })).body.code;
    expect(await refusedFor({ type: 'pdq', value: randomHash(), quality: 49 })).toBe('signal.low-quality');
    expect(await refusedFor({ type: 'blockhash', value: 'f'.repeat(64) })).toBe('signal.low-quality');
    expect(await refusedFor({ type: 'sha256', value: sha('') })).toBe('signal.harmless');
    const photo = async (grey: (x: number, y: number) => number) => {
      const side = 400;
      const raw = Buffer.from(
        Array.from({ length: side * side }, (_, i) => grey((i % side) / side, i / side / side) * 255),
      );
      const jpeg = await sharp(raw, { raw: { width: side, height: side, channels: 1 } })
        .jpeg({ quality: 60 })
        .toBuffer();
      const form = new FormData();
      form.set('file', new Blob([new Uint8Array(jpeg)]), 'picture.jpg');
      return (
        await story.moderator.form<{ image: { pdq: { hash: string }; blockhash: string } }>('/v1/signals/match', form)
      ).body.image;
    };
    const bars = await photo(testCard);
    const gradient = await photo((x) => x);
    expect(await refusedFor({ type: 'pdq', value: bars.pdq.hash })).toBe('signal.harmless');
    expect(await refusedFor({ type: 'blockhash', value: gradient.blockhash })).toBe('signal.harmless');
  });

  it('refuses what lies within 31 bits of an image that the operator knows to be harmless, and not at 32', async () => {
    const body = await story.contributor();
    const logo = randomHash();
    const added = await story.operator.post<NegativesAnswer>('/v1/signal-negatives', {
      kind: 'harmless',
      type: 'pdq',
      entries: [{ value: logo, note: 'a broadcaster’s logo' }, { value: 'nonsense' }],
    });
    expect(added.body).toMatchObject({ added: 1, refusedCount: 1, refused: [{ line: 2 }] });
    const answer = await story.send(body, [flip(logo, 31), flip(logo, 32)], 'pdq');
    expect(answer.body).toMatchObject({ contributed: 1, refused: [{ index: 0, code: 'signal.harmless' }] });
    expect(answer.body.refused[0]!.detail).toBe('31 bits differ from a broadcaster’s logo');
    const [{ id }] = (await story.operator.get<{ items: [{ id: string }] }>('/v1/signal-negatives?kind=harmless')).body
      .items;
    await story.operator.post('/v1/signal-negatives/remove', { ids: [id], reason: 'was not theirs' });
    expect((await story.send(body, [flip(logo, 31)], 'pdq')).body.contributed).toBe(1);
  });

  it('holds what would match a benign corpus, and says how much of it', async () => {
    const body = await story.contributor();
    const base = randomHash();
    const corpus = [base, flip(base, 2), flip(base, 3), ...Array.from({ length: 500 }, randomHash)];
    const form = new FormData();
    form.set('about', JSON.stringify({ kind: 'corpus', source: 'holiday pictures' }));
    form.append('file', new Blob([`type,value\n${corpus.map((value) => `pdq,${value}\n`).join('')}`]), 'corpus.csv');
    const uploaded = await story.operator.form<NegativesAnswer>('/v1/signal-negatives/upload', form);
    expect([uploaded.status, uploaded.body]).toEqual([200, expect.objectContaining({ added: 503, already: 0 })]);
    const sent = await body.post<{ contributions: unknown[] }>('/v1/signals', {
      type: 'pdq',
      value: flip(base, 1),
      labels: {},
    });
    expect(sent.status).toBe(201);
    expect(await story.matches(flip(base, 1), 'pdq')).toBe(0);
    const [batch] = await story.waiting(body.organisation);
    expect(await story.itemsOf(batch!.id)).toMatchObject([{ reason: 'corpus', hits: 3, state: 'quarantined' }]);
  });

  it('lists what stands and collides with a negative that comes later, and holds it on request', async () => {
    const body = await story.contributor();
    const value = randomHash();
    await story.send(body, [value], 'pdq');
    const add = (hold: boolean) =>
      story.operator.post<NegativesAnswer>('/v1/signal-negatives', {
        kind: 'harmless',
        hold,
        entries: [{ type: 'pdq', value: flip(value, 9) }],
      });
    const listed = (await add(false)).body;
    expect(listed).toMatchObject({
      added: 1,
      collisions: { signals: 1, held: 0, first: [{ value, hits: 1, distance: 9 }] },
    });
    expect(await story.matches(value, 'pdq')).toBe(1);
    expect(await story.itemsOf(listed.collisions.quarantineId!)).toMatchObject([
      { reason: 'collision', state: 'standing' },
    ]);
    expect((await add(true)).body).toMatchObject({ added: 0, already: 1, collisions: { held: 1 } });
    expect(await story.matches(value, 'pdq')).toBe(0);
    const id = listed.collisions.quarantineId!;
    await story.operator.post(`/v1/signal-quarantine/${id}/release`, { reason: 'the negative was wrong' });
    await story.operators[1].post(`/v1/signal-quarantine/${id}/release`, { reason: 'the negative was wrong' });
    expect(await story.matches(value, 'pdq')).toBe(1);
  });

  it('answers from the database what it has not loaded yet, and hears of negatives that another node added', async () => {
    const fresh = new NegativeIndex(story.world.app.get(Work), story.world.app.get(LedgerFollow));
    const value = randomHash();
    await story.operator.post('/v1/signal-negatives', {
      kind: 'harmless',
      entries: [{ type: 'pdq', value, note: 'a card' }],
    });
    expect(fresh.loaded).toBe(false);
    const asked = [
      { type: 'pdq', value: flip(value, 20) },
      { type: 'pdq', value: randomHash() },
    ] as const;
    const cold = await fresh.hitsOf(asked);
    expect(cold[0]).toEqual({ harmless: { note: 'a card', distance: 20 }, canary: false, corpus: 0 });
    fresh.onApplicationBootstrap();
    await until(() => fresh.loaded);
    expect(await fresh.hitsOf(asked)).toEqual(cold);
    const later = randomHash();
    const canary = { type: 'pdq', value: later } as const;
    await story.operator.post('/v1/signal-negatives', { kind: 'canary', entries: [canary] });
    await until(async () => (await fresh.hitsOf([canary]))[0]!.canary);
    await fresh.onModuleDestroy();
  });

  it.each([
    ['/v1/signal-trust', { organisationId: 'x', level: 'new', note: 'abc' }],
    ['/v1/signal-trust', { organisationId: '019b0000-0000-7000-8000-000000000001', level: 'new', note: 'abc' }],
    ['/v1/signal-trust', { organisationId: '019b0000-0000-7000-8000-000000000001', level: 'best', note: 'abc' }],
    ['/v1/signal-negatives', { kind: 'bad', entries: [{}] }],
    ['/v1/signal-negatives', { kind: 'harmless', entries: [] }],
    ['/v1/signal-negatives', { kind: 'harmless', entries: Array.from({ length: 10_001 }, () => ({})) }],
    ['/v1/signal-negatives/remove', { ids: ['x'], reason: 'abc' }],
  ])('refuses a wrong call of %s', async (path, body) => {
    const answer = await story.operator.post<Problem>(path, body);
    expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid']);
  });

  it('refuses a list of which nothing can be taken, and a file that is none', async () => {
    const none = await story.operator.post<Problem>('/v1/signal-negatives', {
      kind: 'harmless',
      entries: [{ value: 'x' }, 4],
    });
    expect([none.status, none.body.code]).toEqual([422, 'signal-negative.unusable']);
    for (const content of ['', '"', new Uint8Array([0xff, 0xfe, 0x00])]) {
      const form = new FormData();
      form.set('about', JSON.stringify({ kind: 'corpus' }));
      form.append('file', new Blob([content]), 'list.csv');
      const answer = await story.operator.form<Problem>('/v1/signal-negatives/upload', form);
      expect([answer.status, answer.body.code]).toEqual([422, 'signal-negative.unusable']);
    }
    const without = new FormData();
    without.set('about', JSON.stringify({ kind: 'corpus' }));
    expect((await story.operator.form('/v1/signal-negatives/upload', without)).status).toBe(400);
  });
});
