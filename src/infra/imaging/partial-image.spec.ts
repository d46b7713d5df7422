import sharp from 'sharp';
import { pipelineOf, sceneJpeg, scenePixels, scenePng } from '../../../test/support/images';
import { hammingDistance } from '../../perceptual/hamming';
import { PDQ_MATCH_RADIUS, pdqHash } from '../../perceptual/pdq';
import { ImagePool } from './image-pool';
import { sniff } from './magic';

const pool = new ImagePool({ size: 1 });
afterAll(() => pool.close());

const SIZE = { width: 1024, height: 768 };
const scene = scenePixels(9, SIZE);
const encoded = (format: 'gif' | 'webp' | 'avif' | 'png'): Promise<Buffer> =>
  pipelineOf(scene).toFormat(format).toBuffer();

describe('a picture that has lost its end mark and no pixel', () => {
  it.each([
    ['a JPEG without EOI', () => sceneJpeg(9, SIZE), 2],
    ['a JPEG with half of it', () => sceneJpeg(9, SIZE), 1],
    ['a PNG without IEND', () => scenePng(9, SIZE), 12],
    ['a GIF without its trailer', () => encoded('gif'), 1],
  ])('is a whole picture: %s', async (_, make, lost) => {
    const file = await make();
    const cut = file.subarray(0, file.length - lost);
    const whole = await pool.hashImage(file);
    expect(await pool.hashImage(cut)).toEqual(whole);
    expect(await pool.hashImage(cut, cut.length, { partial: true })).toEqual(whole);
  });

  it.each(['jpeg', 'png', 'gif', 'webp', 'avif', 'tiff'] as const)(
    'has the same hashes when something stands behind its end: %s',
    async (format) => {
      const file = await pipelineOf(scene).toFormat(format).toBuffer();
      const longer = Buffer.concat([file, Buffer.from('behind the end '.repeat(200))]);
      const { incomplete, pdq } = await pool.hashImage(longer, longer.length, { partial: true });
      expect({ incomplete, pdq }).toEqual({ incomplete: undefined, pdq: (await pool.hashImage(file)).pdq });
    },
  );
});

describe('a picture that ends early', () => {
  it.each([
    ['jpeg', () => sceneJpeg(9, SIZE, 95), 3_000],
    ['png', () => scenePng(9, SIZE), 3_000],
    ['gif', () => encoded('gif'), 3_000],
    ['webp', () => encoded('webp'), 1_000],
    ['webp by two bytes', () => encoded('webp'), 2],
  ])('is looked up by what can be seen of it, and the answer says so: %s', async (_, make, lost) => {
    const file = await make();
    const cut = file.subarray(0, file.length - lost);
    const seen = await pool.hashImage(cut, cut.length, { partial: true });
    expect(seen).toMatchObject({ incomplete: 'image.truncated', ...SIZE });
    expect(seen.pdq.quality).toBeGreaterThanOrEqual(50);
    expect(hammingDistance(seen.pdq.hash, pdqHash(scene).hash)).toBeLessThanOrEqual(PDQ_MATCH_RADIUS);
    await expect(pool.hashImage(cut)).rejects.toMatchObject({ code: 'image.truncated' });
  });

  it('is compared by its exact hashes alone where its format leaves nothing to see: an AVIF', async () => {
    const file = await encoded('avif');
    const cut = file.subarray(0, file.length - 2);
    await expect(pool.hashImage(cut, cut.length, { partial: true })).rejects.toMatchObject({ code: 'image.truncated' });
  });

  it('is not taken for a whole one because an end mark can be put behind the cut', async () => {
    const file = await sceneJpeg(9, SIZE);
    const cut = file.subarray(0, file.length - 5_000);
    await expect(pool.hashImage(cut)).rejects.toMatchObject({ code: 'image.truncated' });
  });

  it('has no hashes where not even its header is there', async () => {
    const cut = (await sceneJpeg(9, SIZE)).subarray(0, 300);
    await expect(pool.hashImage(cut, 300, { partial: true })).rejects.toMatchObject({ code: /^image\.(tr|und)/ });
  });
});

describe('a damaged picture', () => {
  it('is looked up by the rows before the damage', async () => {
    const damaged = Buffer.from(await scenePng(9, SIZE));
    damaged.fill(0x55, damaged.length - 2_000, damaged.length - 1_900);
    await expect(pool.hashImage(damaged)).rejects.toMatchObject({ code: 'image.undecodable' });
    const seen = await pool.hashImage(damaged, damaged.length, { partial: true });
    expect(seen.incomplete).toBe('image.undecodable');
    expect(hammingDistance(seen.pdq.hash, pdqHash(scene).hash)).toBeLessThanOrEqual(PDQ_MATCH_RADIUS);
  });
});

describe('a progressive JPEG', () => {
  it('with more scans than the decoder takes without being told, which browsers draw whole, is looked up whole', async () => {
    const plain = await pipelineOf(scene).jpeg({ progressive: true, quality: 90 }).toBuffer();
    // Of one colour: its first scan for fine detail says of no block anything.
    const grey = pipelineOf({ ...scene, data: new Uint8Array(scene.data.length).fill(128) });
    const empty = scansOf(await grey.jpeg({ progressive: true, quality: 90 }).toBuffer()).toSorted(
      (a, b) => a.length - b.length,
    );
    const end = plain.subarray(plain.length - 2);
    const file = Buffer.concat([plain.subarray(0, -2), ...Array<Buffer>(60).fill(empty[0] ?? end), end]);
    await expect(pool.hashImage(file)).rejects.toMatchObject({ code: 'image.undecodable' });
    const seen = await pool.hashImage(file, file.length, { partial: true });
    expect(seen.incomplete).toBe('image.undecodable');
    expect(hammingDistance(seen.pdq.hash, pdqHash(scene).hash)).toBeLessThanOrEqual(PDQ_MATCH_RADIUS);
  });
});

/** Each from its header to the next marker. */
function scansOf(jpeg: Buffer): Buffer[] {
  const scans: Buffer[] = [];
  for (let at = jpeg.indexOf('ffda', 0, 'hex'); at >= 0; at = jpeg.indexOf('ffda', at + 2, 'hex')) {
    let to = at + 2 + jpeg.readUInt16BE(at + 2);
    while (jpeg[to] !== 0xff || jpeg[to + 1] === 0) to++;
    scans.push(jpeg.subarray(at, to));
  }
  return scans;
}

describe('a TIFF', () => {
  it('that ends early or is damaged is said to be so, and not to be of a kind that is not decoded', async () => {
    for (const compression of ['none', 'lzw', 'deflate'] as const) {
      const file = await pipelineOf(scene).tiff({ compression }).toBuffer();
      for (const lost of [2, 100, Math.floor(file.length / 2)]) {
        const cut = file.subarray(0, file.length - lost);
        await expect(pool.hashImage(cut)).rejects.toMatchObject({ code: 'image.truncated' });
      }
      const damaged = Buffer.from(file);
      damaged.fill(0xff, file.readUInt32LE(4) + 2, file.readUInt32LE(4) + 40);
      await expect(pool.hashImage(damaged)).rejects.toMatchObject({ code: /^image\.(truncated|undecodable)$/ });
    }
    const nonsense = Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), Buffer.alloc(300)]);
    await expect(pool.hashImage(nonsense)).rejects.toMatchObject({ code: 'image.undecodable' });
  });

  it('is decoded: plain, of 16 bits, in CMYK, and in grey', async () => {
    const plain = await pipelineOf(scene).tiff({ compression: 'lzw' }).toBuffer();
    expect(await pool.hashImage(plain)).toMatchObject({ type: 'image/tiff', ...SIZE, pdq: pdqHash(scene) });
    const deep = await pipelineOf(scene).toColourspace('rgb16').tiff({ compression: 'deflate' }).toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    expect((await pool.hashImage(deep)).pdq).toEqual(pdqHash(scene));
    const cmyk = await pipelineOf(scene).toColourspace('cmyk').tiff({ compression: 'none' }).toBuffer();
    const grey = await pipelineOf(scene).toColourspace('b-w').tiff().toBuffer();
    for (const file of [cmyk, grey]) {
      const { pdq } = await pool.hashImage(file);
      expect(hammingDistance(pdq.hash, pdqHash(scene).hash)).toBeLessThanOrEqual(PDQ_MATCH_RADIUS);
    }
  });

  it('is refused when it claims more pixels than are decoded', async () => {
    const small = new ImagePool({ size: 1, maxPixels: 10_000 });
    await expect(small.hashImage(await pipelineOf(scene).tiff().toBuffer())).rejects.toMatchObject({
      code: 'image.too-large',
      details: SIZE,
    });
    small.close();
  });
});

describe('a Windows bitmap', () => {
  it('is known for a picture, and the answer says that its format is not decoded here', async () => {
    const head = Buffer.alloc(54 + 300);
    head.write('BM');
    head.writeUInt32LE(head.length, 2);
    head.writeUInt32LE(54, 10);
    head.writeUInt32LE(40, 14);
    expect(sniff(head)).toEqual({ type: 'image/bmp', kind: 'image' });
    expect(sniff(Buffer.from('BMW is a maker of cars and not of bitmaps')).kind).toBe('other');
    await expect(pool.hashImage(head)).rejects.toMatchObject({ code: 'image.unsupported' });
  });
});
