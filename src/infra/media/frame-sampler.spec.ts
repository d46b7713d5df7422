import { scenePixels } from '../../../test/support/images';
import { pdqHash } from '../../perceptual/pdq';
import { readFrameAnswer } from './frame-answer';
import { FrameSampler } from './frame-sampler';

describe('the choice of frames', () => {
  const raw = (seed: number): Buffer => Buffer.from(scenePixels(seed, { width: 64, height: 48 }).data);

  it('hashes each frame as it is, whatever the pieces it comes in, and drops half a frame at the end', () => {
    const sampler = new FrameSampler(64, 48, 10);
    const stream = Buffer.concat([raw(1), raw(2), raw(3).subarray(0, 100)]);
    for (let at = 0; at < stream.length; at += 777) sampler.push(stream.subarray(at, at + 777));
    expect(sampler.sampled).toBe(2);
    const expected = [1, 2].map((seed, index) => ({ index, ...pdqHash(scenePixels(seed, { width: 64, height: 48 })) }));
    expect(sampler.frames).toEqual(expected);
  });

  it('keeps each look once, and none that shows nothing', () => {
    const sampler = new FrameSampler(64, 48, 10);
    for (const frame of [raw(1), raw(1), raw(2), Buffer.alloc(64 * 48 * 3), raw(1)]) sampler.push(frame);
    expect(sampler.sampled).toBe(5);
    expect(sampler.frames.map(({ index }) => index)).toEqual([0, 2]);
  });

  it('spreads what it keeps evenly, however much black lies between and behind', () => {
    const sampler = new FrameSampler(64, 48, 4);
    const black = Buffer.alloc(64 * 48 * 3);
    for (let seed = 1; seed <= 16; seed++) {
      sampler.push(raw(seed));
      for (let i = 0; i < seed % 3; i++) sampler.push(black);
    }
    for (let i = 0; i < 1000; i++) sampler.push(black);
    const all = new FrameSampler(64, 48, 100);
    for (let seed = 1; seed <= 16; seed++) all.push(raw(seed));
    expect(all.frames).toHaveLength(16);
    expect(sampler.frames.map(({ hash }) => hash)).toEqual([0, 4, 8, 12].map((i) => all.frames[i]?.hash));
  });

  it.each([
    [null],
    [{ sampled: 1 }],
    [{ sampled: -1, frames: [] }],
    [{ sampled: 1, frames: [{ index: 0, hash: 'x', quality: 50 }] }],
    [{ sampled: 3, frames: [1, 2, 3].map((index) => ({ index, hash: 'a'.repeat(64), quality: 50 })) }],
  ])('is not believed when the hashing process says %j', (message) => {
    expect(readFrameAnswer(message, 2)).toBeNull();
  });
});
