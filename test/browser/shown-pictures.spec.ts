import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { ImagePool } from '../../src/infra/imaging/image-pool';
import { hammingDistance } from '../../src/perceptual/hamming';
import { pdqHash } from '../../src/perceptual/pdq';
import { startBrowser, type TestBrowser } from '../support/browser';
import { animatedPng, pipelineOf, sceneJpeg, scenePixels, scenePng, type AnimationPart } from '../support/images';

const FULL = [640, 427, 0, 0] as const;
const SMALL = [200, 100, 300, 200] as const;

async function apng(make: (shown: Buffer, hidden: Buffer) => readonly AnimationPart[]): Promise<Buffer> {
  const [shown, hidden] = [await scenePng(9), await scenePng(10)];
  return animatedPng(hidden, make(shown, hidden));
}

/** Each has two pictures in it: what is hashed must be the one that people see. */
const FILES: readonly (readonly [string, string, () => Promise<Buffer>])[] = [
  [
    'an APNG whose own picture is none of its frames',
    'png',
    () => apng((frame, own) => [{ frames: 1 }, { own }, { control: FULL }, { frame }]),
  ],
  [
    'one with a false control chunk before its own picture',
    'png',
    () => apng((frame, own) => [{ frames: 1 }, { control: FULL, lie: true }, { own }, { control: FULL }, { frame }]),
  ],
  [
    'one with a frame without pixels before it',
    'png',
    () => apng((frame, own) => [{ frames: 2 }, { own }, { control: SMALL }, { control: FULL }, { frame }]),
  ],
  [
    'one that begins with its own picture',
    'png',
    () => apng((frame, own) => [{ frames: 1 }, { control: FULL }, { own }, { control: FULL }, { frame }]),
  ],
  [
    'one that has no frames by its own count',
    'png',
    () => apng((frame, own) => [{ frames: 0 }, { own }, { control: FULL }, { frame }]),
  ],
  [
    'one whose count is damaged',
    'png',
    () => apng((frame, own) => [{ frames: 1, lie: true }, { own }, { control: FULL }, { frame }]),
  ],
  [
    'one whose frame is a part of the picture',
    'png',
    async () => {
      const part = await pipelineOf(scenePixels(11, { width: 200, height: 100 }))
        .png()
        .toBuffer();
      return apng((_, own) => [{ frames: 1 }, { own }, { control: SMALL }, { frame: part }]);
    },
  ],
  ...(['gif', 'webp'] as const).map((format) => [format, format, () => animation(format)] as const),
  [
    'a JPEG with another behind it, as cameras add previews',
    'jpeg',
    async () => Buffer.concat([await sceneJpeg(9), await sceneJpeg(10)]),
  ],
];

/** A still frame, as the first stays for longer than the test takes. */
async function animation(format: 'gif' | 'webp'): Promise<Buffer> {
  const frames = [await scenePng(9), await scenePng(10)];
  const joined = sharp(frames, { join: { animated: true } });
  const delay = [60_000, 60_000];
  return format === 'gif' ? joined.gif({ delay }).toBuffer() : joined.webp({ delay }).toBuffer();
}

describe('the picture that is hashed', () => {
  let chromium: TestBrowser;
  let page: Page;
  const pool = new ImagePool({ size: 1 });

  beforeAll(async () => {
    chromium = await startBrowser();
    page = await chromium.browser.newPage();
    await page.goto('data:text/html,<p>pictures');
  }, 60_000);
  afterAll(async () => {
    pool.close();
    await chromium.close();
  });

  /** RGBA, as Chromium draws it. */
  async function drawn(file: Buffer, type: string): Promise<{ data: Uint8Array; width: number; height: number }> {
    const answer = await page.evaluate(
      async (url) => {
        const image = new Image();
        image.src = url;
        await image.decode();
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
        const context = canvas.getContext('2d')!;
        context.drawImage(image, 0, 0);
        const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
        const file = new FileReader();
        const read = new Promise((resolve) => file.addEventListener('load', resolve));
        file.readAsDataURL(new Blob([data]));
        await read;
        return { text: typeof file.result === 'string' ? file.result : '', width, height };
      },
      `data:image/${type};base64,${file.toString('base64')}`,
    );
    const { text, width, height } = answer;
    return { data: Buffer.from(text.slice(text.indexOf(',') + 1), 'base64'), width, height };
  }

  it.each(FILES)('is the one that Chromium shows: %s', async (_, type, make) => {
    const file = await make();
    const { pdq, width, height } = await pool.hashImage(file);
    const shown = await drawn(file, type);
    expect({ width, height }).toEqual({ width: shown.width, height: shown.height });
    expect(hammingDistance(pdq.hash, pdqHash({ ...shown, channels: 4 }).hash)).toBeLessThanOrEqual(10);
  });
});
