import type { SignalView } from '../../src/signals/store/contribution.dto';
import { randomHash } from '../support/hashes';
import { DefenceStory, type Problem } from '../support/signals';

describe('that a person looked', () => {
  const story = new DefenceStory();

  const keyWith = async (permissions: string[]) => {
    const { organisation } = await story.body('platform');
    const admin = await story.world.person(organisation, ['admin']);
    const made = await admin.post<{ key: string }>('/v1/api-keys', {
      name: 'feed',
      permissions,
      expiresAt: new Date(story.world.clock.now().getTime() + 30 * 86_400_000).toISOString(),
    });
    expect(made.status).toBe(201);
    const headers = { authorization: `Bearer ${made.body.key}` };
    return <T>(path: string, sent: object) => story.world.send<T>('POST', path, sent, headers);
  };
  const one = () => ({ type: 'sha256', value: randomHash() });

  it('a key says only with the permission for that', async () => {
    const plain = await keyWith(['signal.contribute']);
    const vouching = await keyWith(['signal.contribute', 'signal.vouch']);
    for (const [path, sent] of [
      ['/v1/signals', { ...one(), labels: {}, reviewed: true }],
      ['/v1/signals/batch', { signals: [one()], reviewed: true }],
    ] as const) {
      const refused = await plain<Problem>(path, sent);
      expect([refused.status, refused.body.code]).toEqual([403, 'signal.vouch-needed']);
      expect((await vouching(path, sent)).status).toBeLessThan(300);
    }
    const exhibit = '/v1/exhibits/019b0000-0000-7000-8000-000000000001/signals';
    const ofExhibit = await plain<Problem>(exhibit, { labels: {}, reviewed: true });
    expect([ofExhibit.status, ofExhibit.body.code]).toEqual([403, 'signal.vouch-needed']);
    expect((await vouching(exhibit, { labels: {}, reviewed: true })).status).toBe(404);
    const state = async (send: typeof plain, more: object) =>
      (await send<SignalView>('/v1/signals', { ...one(), labels: {}, ...more })).body.state;
    expect([await state(plain, {}), await state(vouching, {}), await state(vouching, { reviewed: true })]).toEqual(['provisional', 'provisional', 'active']); // prettier-ignore
  });

  it('a batch says of itself or it is not so', async () => {
    const person = await story.body();
    for (const [more, action] of [
      [{}, 'review'],
      [{ reviewed: true }, 'block'],
    ] as const) {
      const signal = one();
      await person.post('/v1/signals/batch', { signals: [signal], ...more });
      expect(await story.match(signal.value)).toEqual([action]);
    }
  });

  it('counts for a PDQ only with its quality, also when it is reviewed again', async () => {
    const person = await story.body();
    const without = await story.stands(person, { type: 'pdq', value: randomHash(), reviewed: true });
    expect(without).toMatchObject({ state: 'provisional', reviewed: false });
    const again = await person.post<Problem>(`/v1/signals/${without.id}/review`, {});
    expect([again.status, again.body.code]).toEqual([422, 'signal.low-quality']);
    expect(await story.stands(person, { type: 'pdq', value: randomHash(), quality: 50 })).toMatchObject({
      state: 'active',
    });
  });

  it.each([`8${'0'.repeat(63)}`, `${'f'.repeat(48)}${'0'.repeat(16)}`, '1'.repeat(63) + '0'])(
    'is not asked of %s, which is PDQ of no picture',
    async (value) => {
      const answer = await story.contribute(await story.body(), { type: 'pdq', value, quality: 100 });
      expect([answer.status, answer.body.code]).toEqual([422, 'signal.low-quality']);
    },
  );
});
