import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { animatedPng, pipelineOf, scenePixels, scenePng, type AnimationPart } from '../../../test/support/images';
import { pdqHash } from '../../perceptual/pdq';
import type { Pixels } from '../../perceptual/pixels';
import { ImagePool } from './image-pool';

const pool = new ImagePool({ size: 1 });
afterAll(() => pool.close());

const SIZE = { width: 640, height: 427 };
const FULL = [SIZE.width, SIZE.height, 0, 0] as const;
const shown = scenePixels(9);
const hidden = scenePixels(10);

/** An APNG whose own picture no viewer shows, unless the parts say otherwise. */
async function apng(make: (shown: Buffer, hidden: Buffer) => readonly AnimationPart[]): Promise<Buffer> {
  const [frame, own] = [await scenePng(9), await scenePng(10)];
  return animatedPng(own, make(frame, own));
}

const disguised = (): Promise<Buffer> => apng((frame, own) => [{ frames: 1 }, { own }, { control: FULL }, { frame }]);

describe('an APNG whose own picture is no part of its animation', () => {
  it('is hashed by its first frame, which is what viewers show, in either mode', async () => {
    const file = await disguised();
    expect(pdqHash(await pixelsOf(file))).toEqual(pdqHash(hidden));
    const exact = await pool.hashImage(file);
    expect(exact).toMatchObject({ type: 'image/png', ...SIZE, pdq: pdqHash(shown) });
    expect(exact).not.toHaveProperty('incomplete');
    expect((await pool.scanImage(file)).pdq).toEqual(pdqHash(shown));
  });

  it.each<readonly [string, (frame: Buffer, own: Buffer) => readonly AnimationPart[]]>([
    [
      'a frame without pixels before it',
      (frame, own) => [{ frames: 2 }, { own }, { control: [9, 9, 0, 0] }, { control: FULL }, { frame }],
    ],
    [
      'another frame behind it',
      (frame, own) => [{ frames: 2 }, { own }, { control: FULL }, { frame }, { control: FULL }, { frame: own }],
    ],
    [
      'a false control chunk before its picture',
      (frame, own) => [{ frames: 1 }, { control: FULL, lie: true }, { own }, { control: FULL }, { frame }],
    ],
  ])('is hashed by it also with %s', async (_, make) => {
    expect((await pool.hashImage(await apng(make))).pdq).toEqual(pdqHash(shown));
  });

  it('is hashed with its frame where it lies in the picture, transparent around it, palette and transparency kept', async () => {
    const small = scenePixels(11, { width: 200, height: 100 });
    const expected = await pixelsOf(
      await sharp({ create: { ...SIZE, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
        .composite([{ input: await pipelineOf(small).png().toBuffer(), left: 300, top: 200 }])
        .png()
        .toBuffer(),
    );
    const at = [200, 100, 300, 200] as const;
    const file = await apng((_, own) => [{ frames: 1 }, { own }, { control: at }, { frame: own }]);
    const frame = await pipelineOf(small).png().toBuffer();
    const real = await apng((_, own) => [{ frames: 1 }, { own }, { control: at }, { frame }]);
    expect(await pool.hashImage(real)).toMatchObject({ ...SIZE, pdq: pdqHash(expected) });
    expect((await pool.hashImage(file).catch(() => null))?.pdq).not.toEqual(pdqHash(hidden));
    const palette = await pipelineOf(shown).png({ palette: true, colours: 64 }).toBuffer();
    const other = await pipelineOf(hidden).png({ palette: true, colours: 64 }).toBuffer();
    const coloured = animatedPng(palette, [{ frames: 1 }, { own: other }, { control: FULL }, { frame: palette }]);
    expect((await pool.hashImage(coloured)).pdq).toEqual((await pool.hashImage(palette)).pdq);
  });

  it('is refused, or marked where it is only looked up, when its frame cannot be read', async () => {
    for (const make of [
      (frame: Buffer, own: Buffer) => [{ frames: 1 }, { own }, { control: [800, 427, 0, 0] }, { frame }],
      (_: Buffer, own: Buffer) => [{ frames: 1 }, { own }, { control: FULL }],
      (_: Buffer, own: Buffer) => [{ frames: 1 }, { own }],
    ] as ((frame: Buffer, own: Buffer) => AnimationPart[])[]) {
      const file = await apng(make);
      await expect(pool.hashImage(file)).rejects.toMatchObject({ code: 'image.undecodable' });
      const seen = await pool.hashImage(file, file.length, { partial: true });
      expect(seen).toMatchObject({ incomplete: 'image.undecodable', pdq: pdqHash(hidden) });
    }
  });

  it.each([
    ['the animation', 33 + 20],
    ['its count of frames', 33],
  ])('is refused, or marked, with more chunks before %s than are looked at', async (_, at) => {
    const file = await disguised();
    const filler = Buffer.alloc(12);
    filler.write('abCd', 4, 'latin1');
    filler.writeUInt32BE(crc32(filler.subarray(4, 8)), 8);
    const stuffed = Buffer.concat([file.subarray(0, at), ...Array(100_001).fill(filler), file.subarray(at)]);
    await expect(pool.hashImage(stuffed)).rejects.toMatchObject({ code: 'image.undecodable' });
    const seen = await pool.hashImage(stuffed, stuffed.length, { partial: true });
    expect(seen).toMatchObject({ incomplete: 'image.undecodable' });
  });

  it('is marked in a look-up where viewers without animations show something else, and not where that is like it', async () => {
    const file = await disguised();
    const seen = await pool.hashImage(file, file.length, { partial: true });
    expect(seen).toMatchObject({ incomplete: 'image.ambiguous', pdq: pdqHash(shown) });
    const same = await apng((frame) => [{ frames: 1 }, { own: frame }, { control: FULL }, { frame }]);
    expect(await pool.hashImage(same, same.length, { partial: true })).not.toHaveProperty('incomplete');
    const broken = await apng((frame, own) => [{ frames: 1, lie: true }, { own }, { control: FULL }, { frame }]);
    const laxly = await pool.hashImage(broken, broken.length, { partial: true });
    expect(laxly).toMatchObject({ incomplete: 'image.ambiguous', pdq: pdqHash(hidden) });
  });

  it('that ends early is looked up by what there is of its frame', async () => {
    const file = await disguised();
    const cut = file.subarray(0, file.length - 3_000);
    await expect(pool.hashImage(cut)).rejects.toMatchObject({ code: 'image.truncated' });
    const seen = await pool.hashImage(cut, cut.length, { partial: true });
    expect(seen.incomplete).toBe('image.truncated');
    expect(seen.pdq).not.toEqual(pdqHash(hidden));
  });

  it('is refused for its own size before its frame is decoded', async () => {
    const small = new ImagePool({ size: 1, maxPixels: 10_000 });
    const file = await apng((_, own) => [{ frames: 1 }, { own }, { control: [9, 9, 0, 0] }, { frame: own }]);
    await expect(small.hashImage(file)).rejects.toMatchObject({ code: 'image.too-large', details: SIZE });
    small.close();
  });
});

describe('an APNG that shows its own picture', () => {
  it.each<readonly [string, (frame: Buffer, own: Buffer) => readonly AnimationPart[]]>([
    ['as its first frame', (frame, own) => [{ frames: 2 }, { control: FULL }, { own }, { control: FULL }, { frame }]],
    [
      'because it has no frames by its own count',
      (frame, own) => [{ frames: 0 }, { own }, { control: FULL }, { frame }],
    ],
    [
      'because its count of frames is no number of a PNG',
      (frame, own) => [{ frames: 0xffffffff }, { own }, { control: FULL }, { frame }],
    ],
    [
      'because its count of repetitions is no number of a PNG',
      (frame, own) => [{ frames: 1, plays: 0x80000001 }, { own }, { control: FULL }, { frame }],
    ],
    [
      'because what makes it an animation is damaged',
      (frame, own) => [{ frames: 1, lie: true }, { own }, { control: FULL }, { frame }],
    ],
    [
      'because what makes it an animation comes too late',
      (frame, own) => [{ own }, { frames: 1 }, { control: FULL }, { frame }],
    ],
  ])('%s is hashed by it', async (_, make) => {
    expect((await pool.hashImage(await apng(make))).pdq).toEqual(pdqHash(hidden));
  });
});

async function pixelsOf(file: Buffer): Promise<Pixels> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels as 3 | 4 };
}
