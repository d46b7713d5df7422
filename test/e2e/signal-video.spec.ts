import { randomHash } from '../support/hashes';
import { DefenceStory, flip, stateOf, video } from '../support/signals';

describe('a video among the shared hashes', () => {
  const story = new DefenceStory();

  const negative = async (kind: string): Promise<string> => {
    const value = randomHash();
    await story.operator.post('/v1/signal-negatives', {
      kind,
      entries: [{ type: 'pdq', value, note: 'a station’s card' }],
    });
    return value;
  };

  it('is refused where no frame says anything, or half of them are of harmless images', async () => {
    const person = await story.body();
    const card = await negative('harmless');
    for (const useless of [['f'.repeat(64)], [`8${'0'.repeat(63)}`, `${'0'.repeat(63)}1`]])
      expect((await story.contribute(person, video(useless))).body.code).toBe('signal.low-quality');
    expect((await story.contribute(person, video([card]))).body.code).toBe('signal.harmless');
    const half = await story.contribute(person, video([flip(card, 31), randomHash()]));
    expect([half.status, half.body.code]).toEqual([422, 'signal.harmless']);
  });

  it('waits where some frames are of harmless images or of the corpus, because those alone would match it', async () => {
    const person = await story.body();
    const [card, holiday] = [await negative('harmless'), await negative('corpus')];
    for (const some of [card, holiday])
      expect(stateOf((await story.contribute(person, video([some, randomHash(), randomHash()]))).body)).toEqual([
        'quarantined',
      ]);
    expect(await story.reasons(person)).toEqual([{ corpus: 1 }, { corpus: 1 }]);
    await story.stands(person, video([randomHash(), randomHash(), 'f'.repeat(64)]));
  });

  it('with the frame of a canary costs its contributor the trust', async () => {
    const person = await story.body();
    await story.trust(person, 'trusted');
    const canary = await negative('canary');
    expect(
      stateOf((await story.contribute(person, video([randomHash(), randomHash(), flip(canary, 4)]))).body),
    ).toEqual(['quarantined']);
    expect(await story.trustOf(person)).toMatchObject({ level: 'new' });
    const [batch] = await story.waiting(person.organisation);
    expect((await story.itemsOf(batch!.id)).map(({ reason }) => reason)).toContain('canary');
  });
});
