import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { v7 as uuidv7 } from 'uuid';
import { vpdqDigest, type VpdqFrame } from '../../src/perceptual/vpdq';
import type { Actor } from '../../src/infra/database/actor';
import { Directory } from '../../src/signals/matching/directory.service';
import { Matching } from '../../src/signals/matching/matching.service';
import { SignalIndex } from '../../src/signals/matching/signal-index.service';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import { startMatching, batch, lookUp, matchFile } from '../support/matching';
import { contribute, flip } from '../support/signals';
import type { Person, World } from '../support/app';
import { randomHash } from '../support/hashes';
import * as images from '../support/images';

const distance = (a: string, b: string): number =>
  (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll('0', '').length;

describe('matching', () => {
  let world: World;
  let analyst: Person;
  let moderator: Person;
  let curator: Person;

  beforeAll(async () => {
    ({ world, analyst, moderator, curator } = await startMatching());
  });
  afterAll(() => world.close());

  it('catches a picture that was recompressed, resized, greyscaled or watermarked, and not another one', async () => {
    const original = await images.sceneJpeg(51);
    const asked = await matchFile(analyst, original);
    const { hash, quality } = asked.body.image!.pdq;
    const { id } = await contribute(curator, { type: 'pdq', value: hash, quality });
    const changed = {
      recompressed: await images.recompressed(original, 40),
      resized: await images.resized(original),
      greyscaled: await images.greyscaled(original),
      watermarked: await images.watermarked(original),
    };
    const found: Record<string, unknown> = {};
    for (const [how, bytes] of Object.entries(changed)) {
      const answer = await matchFile(moderator, bytes);
      found[how] = answer.body.matches.map(({ signalId }) => signalId);
    }
    expect(found).toEqual({ recompressed: [id], resized: [id], greyscaled: [id], watermarked: [id] });
    const other = await matchFile(moderator, await images.sceneJpeg(52));
    expect(other.body).toMatchObject({ matches: [], matchable: 'perceptual' });
  });

  it('answers a batch as it answers each of its questions', async () => {
    const values = Array.from({ length: 12 }, randomHash);
    const digests = Array.from({ length: 6 }, randomHash);
    for (const value of values) await contribute(curator, { type: 'pdq', value });
    for (const value of digests) await contribute(analyst, { type: 'sha256', value });
    await contribute(curator, { type: 'pdq', value: flip(values[0]!, 5) });
    const queries: { type: string; value: string; radius?: number }[] = [
      ...values.map((value, n) => ({ type: 'pdq', value: flip(value, n * 3) })),
      ...digests.map((value) => ({ type: 'sha256', value })),
      ...values.map((value) => ({ type: 'pdq', value: flip(value, 20), radius: 10 })),
      ...values.map((value) => ({ type: 'pdq', value: flip(value, 40), radius: 64 })),
      ...values.map(() => ({ type: 'sha512', value: randomBytes(64).toString('hex') })),
      { type: 'md5', value: randomBytes(16).toString('hex') },
    ];
    const many = await batch(moderator, { queries });
    expect(many).toMatchObject({ status: 200, body: { asked: queries.length, matchable: 'perceptual' } });
    const singles: unknown[] = [];
    for (const [query, { type, value, radius }] of queries.entries()) {
      const { body } = await lookUp(moderator, type, value, radius);
      singles.push(...body.matches.map((match) => ({ query, ...match })));
    }
    expect(singles.length).toBeGreaterThan(24);
    expect(many.body.matches).toEqual(singles);
    const uniform = await batch(moderator, { type: 'pdq', values: queries.slice(0, 12).map(({ value }) => value) });
    expect(uniform.body.matches).toEqual(many.body.matches.filter(({ query }) => query < 12));
  });

  it('finds every near hash of a thousand in a batch, and no other', async () => {
    const centre = randomHash();
    const near = Array.from({ length: 60 }, (_, n) => flip(centre, n));
    const sent = near.map((value) => ({ type: 'pdq', value, labels: {} }));
    const made = await analyst.post<{ contributed: number }>('/v1/signals/batch', { signals: sent });
    expect(made.body.contributed).toBe(60);
    const values = [
      ...Array.from({ length: 990 }, randomHash),
      ...Array.from({ length: 10 }, (_, n) => flip(centre, n * 6)),
    ];
    const { body } = await batch(moderator, { type: 'pdq', values });
    const expected = values.flatMap((value, query) =>
      near.filter((each) => distance(each, value) <= 31).map((each) => `${query} ${each}`),
    );
    expect(body.matches.map(({ query, value }) => `${query} ${value}`).toSorted()).toEqual(expected.toSorted());
  });

  it('acts by the policy of the asker, and blocks on the exact hash of a reviewed item alone without one', async () => {
    const [digest, picture] = [randomHash(), randomHash()];
    await contribute(curator, { type: 'sha256', value: digest, reviewed: true });
    await contribute(curator, { type: 'pdq', value: picture, quality: 90, reviewed: true });
    const exact = await lookUp(moderator, 'sha256', digest);
    expect(exact.body.matches).toMatchObject([
      { action: 'block', because: 'reviewed exact hash', policyVersion: null },
    ]);
    const near = await lookUp(moderator, 'pdq', picture);
    expect(near.body.matches).toMatchObject([{ action: 'review', because: 'everything else' }]);
    const own = await world.organisation('platform', `own-way-${uuidv7().slice(-6)}`);
    const person = await world.person(own, ['moderator']);
    await world.sql.query(
      `insert into signal_policy (id, organisation_id, version, name, rules, state, made_at, enforced_at) values ($1, $2, 3, 'ours', $3, 'in_force', now(), now())`,
      [uuidv7(), own.id, JSON.stringify([{ name: 'near enough', action: 'block', maxDistance: 12 }])],
    );
    await world.app.get(Directory).refresh();
    const strict = await lookUp(person, 'pdq', flip(picture, 12));
    expect(strict.body.matches).toMatchObject([{ action: 'block', because: 'near enough', policyVersion: 3 }]);
    const far = await lookUp(person, 'pdq', flip(picture, 13));
    expect(far.body.matches).toMatchObject([{ action: 'ignore', because: 'no rule' }]);
  });

  it('finds a part of a known video by its frames, from memory and from the database alike', async () => {
    const frames = Array.from({ length: 30 }, (_, frame) => ({
      hash: randomHash(),
      quality: 80,
      frame,
      atMs: frame * 1000,
    }));
    const made = await curator.post<SignalView>('/v1/signals', {
      type: 'vpdq',
      value: vpdqDigest(frames),
      labels: {},
      frames: frames.map(({ hash, quality, atMs }) => ({ hash, quality, atMs })),
    });
    expect([made.status, made.body]).toMatchObject([201, { type: 'vpdq' }]);
    const actor = { ...ACTOR, organisationId: moderator.organisation.id };
    const matching = world.app.get(Matching);
    const ask = (asked: readonly VpdqFrame[]) => matching.byFile(actor, { frames: asked });
    const cut = frames.slice(5, 15).map((each) => ({ ...each, hash: flip(each.hash, 6) }));
    const warm = await ask(cut);
    expect(warm.matches).toMatchObject([
      {
        signalId: made.body.id,
        type: 'vpdq',
        distance: 6,
        vpdq: { queryPercent: 100, comparedPercent: (100 * 10) / 30 },
      },
    ]);
    const index = world.app.get<unknown>(SignalIndex) as { isLoaded: boolean };
    index.isLoaded = false;
    const cold = await ask(cut);
    index.isLoaded = true;
    expect(cold.matches).toEqual(warm.matches);
    const strangers = Array.from({ length: 10 }, (_, n) => (n < 7 ? cut[n]! : { ...cut[n]!, hash: randomHash() }));
    expect((await ask(strangers)).matches).toEqual([]);
    const digest = await lookUp(moderator, 'vpdq', made.body.value!);
    expect(digest.body.matches).toMatchObject([{ signalId: made.body.id, distance: 0 }]);
    await curator.post(`/v1/signals/${made.body.id}/withdraw`, { reason: 'a mistake' });
    expect((await ask(cut)).matches).toEqual([]);
  });

  it('finds a turned picture when its turns are asked for, and says which', async () => {
    const original = await images.sceneJpeg(53);
    const asked = await matchFile(analyst, original);
    const { hash, quality } = asked.body.image!.pdq;
    const { id } = await contribute(curator, { type: 'pdq', value: hash, quality });
    const turned = await sharp(original).rotate(90).jpeg().toBuffer();
    const plain = await matchFile(moderator, turned);
    expect(plain.body.matches).toEqual([]);
    const all = await matchFile(moderator, turned, '?variants=dihedral,letterbox');
    expect(all.body.matches).toMatchObject([{ signalId: id, variant: expect.stringMatching(/^rotate/) }]);
  });
});

const ACTOR: Actor = {
  organisationId: '',
  organisationKind: 'platform',
  personId: null,
  via: 'api-key',
  name: 'uploads',
  office: null,
  permissions: new Set(),
};
