import * as fc from 'fast-check';
import { pipelineOf, scenePixels } from '../../../test/support/images';
import { jpegHeader } from './jpeg-header';

const SIZE = { width: 123, height: 45 };

describe('the header of a JPEG', () => {
  it('is read in every kind that is written, behind profiles and EXIF', async () => {
    const scene = pipelineOf(scenePixels(1, SIZE));
    const colour = { ...SIZE, components: 3 };
    expect(jpegHeader(await scene.clone().jpeg().toBuffer())).toEqual(colour);
    expect(jpegHeader(await scene.clone().jpeg({ progressive: true }).toBuffer())).toEqual(colour);
    expect(jpegHeader(await scene.clone().jpeg({ mozjpeg: true }).toBuffer())).toEqual(colour);
    const dressed = await scene.clone().withIccProfile('p3').withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(jpegHeader(dressed)).toEqual(colour);
    expect(jpegHeader(await scene.clone().toColourspace('b-w').jpeg().toBuffer())).toEqual({ ...SIZE, components: 1 });
    expect(jpegHeader(await scene.clone().toColourspace('cmyk').jpeg().toBuffer())).toEqual({ ...SIZE, components: 4 });
  });

  it('is null where it is not plain, and never an error', async () => {
    const file = await pipelineOf(scenePixels(1, SIZE)).jpeg().toBuffer();
    const frame = file.indexOf(Buffer.from([0xff, 0xc0]));
    for (const [offset, value] of [
      [4, 12],
      [6, 0],
      [9, 2],
      [1, 0xda],
    ] as const) {
      // prettier-ignore
      const odd = Buffer.from(file);
      odd[frame + offset] = value;
      if (offset === 6) odd[frame + 5] = 0;
      expect(jpegHeader(odd)).toBeNull();
    }
    expect(jpegHeader(file.subarray(0, frame + 5))).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        jpegHeader(Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), noise]));
      }),
    );
  });
});
