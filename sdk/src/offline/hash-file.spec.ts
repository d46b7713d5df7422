import { pipelineOf, sceneJpeg, scenePixels, scenePng } from '../../../seeds/scenes';
import { hammingDistance } from '../../../src/perceptual/hamming';
import { PDQ_MATCH_RADIUS, pdqHash } from '../../../src/perceptual/pdq';
import { hashBytes } from './hash-file';
import { queriesOf } from './hash-query';

const SIZE = { width: 1024, height: 768 };
const scene = scenePixels(9, SIZE);

describe('a file that is to be compared offline', () => {
  it.each([
    ['a JPEG without EOI', () => sceneJpeg(9, SIZE), 2],
    ['a PNG without IEND', () => scenePng(9, SIZE), 12],
  ])('is a whole picture when only its end mark is missing, as on the server: %s', async (_, make, lost) => {
    const file = await make();
    const cut = await hashBytes(file.subarray(0, file.length - lost));
    expect(cut.image).toEqual((await hashBytes(file)).image);
    expect(cut).not.toHaveProperty('incomplete');
    expect(cut.notHashed).toBeNull();
  });

  it.each([
    ['a JPEG', () => sceneJpeg(9, SIZE, 95), 3_000, 'image.truncated'],
    ['a PNG', () => scenePng(9, SIZE), 3_000, 'image.truncated'],
    ['a PNG by 20 bytes', () => scenePng(9, SIZE), 20, 'image.truncated'],
    ['a WebP', () => pipelineOf(scene).webp().toBuffer(), 2, 'image.truncated'],
  ])('is compared as far as it can be seen when it ends early, and says so: %s', async (_, make, lost, code) => {
    const file = await make();
    for (const fast of [false, true]) {
      const cut = await hashBytes(file.subarray(0, file.length - lost), { fast });
      expect(cut).toMatchObject({ incomplete: { code }, notHashed: null });
      const pdq = queriesOf(cut).find(({ type }) => type === 'pdq');
      expect(hammingDistance(pdq!.value, pdqHash(scene).hash)).toBeLessThanOrEqual(PDQ_MATCH_RADIUS);
    }
  });

  it('is decoded when it is a TIFF, and named as not decoded when it is a bitmap', async () => {
    const tiff = await hashBytes(await pipelineOf(scene).tiff({ compression: 'lzw' }).toBuffer());
    expect(tiff).toMatchObject({ type: 'image/tiff', image: { pdq: pdqHash(scene) } });
    const bitmap = Buffer.alloc(400);
    bitmap.write('BM');
    bitmap.writeUInt32LE(54, 10);
    bitmap.writeUInt32LE(40, 14);
    expect(await hashBytes(bitmap)).toMatchObject({ type: 'image/bmp', notHashed: { code: 'image.unsupported' } });
    expect(await hashBytes(Buffer.from('BMW makes cars'))).toMatchObject({ type: null, notHashed: null });
  });

  it.each(['<svg xmlns="http://www.w3.org/2000/svg"/>', '\n<?xml version="1.0"?><svg/>', '<!DOCTYPE html><p>'])(
    'is said to be compared by its exact hashes alone when it is markup, which may hold a picture: %j',
    async (text) => {
      expect(await hashBytes(Buffer.from(text))).toMatchObject({ type: null, notHashed: { code: 'markup.not-shown' } });
    },
  );

  it.each(['', ' ', '\n'.repeat(1024), 'PK\x03\x04 '])(
    'is said to be compared by its exact hashes alone when it is a PDF, whatever stands before its header: %j',
    async (before) => {
      const pdf = await hashBytes(Buffer.from(`${before}%PDF-1.7\n${' '.repeat(2000)}`));
      expect(pdf).toMatchObject({ type: 'application/pdf', notHashed: { code: 'pdf.not-here' } });
    },
  );
});
