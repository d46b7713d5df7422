import { DomainError } from '../../src/domain/errors';
import { MediaHashing } from '../../src/infra/media/media-hashing';
import type { FileMatchAnswer } from '../../src/signals/matching/match.dto';
import { SignalIndex } from '../../src/signals/matching/signal-index.service';
import { startWorld, type Person, type World } from '../support/app';
import { pipelineOf, sceneJpeg, scenePixels, scenePng } from '../support/images';
import { pdfFile, SHAPES } from '../support/pdfs';

const SIZE = { width: 1024, height: 768 };

function formOf(bytes: Buffer): FormData {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(bytes)]), 'upload');
  return form;
}

describe('a file that somebody damaged or dressed up so that it is not found', () => {
  let world: World;
  let moderator: Person;
  let curator: Person;

  beforeAll(async () => {
    world = await startWorld();
    ({ moderator } = await world.cast());
    curator = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
    for (let turn = 0; turn < 200 && !world.app.get(SignalIndex).loaded; turn++)
      await new Promise((resolve) => setTimeout(resolve, 25));
  });
  afterAll(() => world.close());

  async function ask(bytes: Buffer): Promise<FileMatchAnswer> {
    const answer = await moderator.form<FileMatchAnswer>('/v1/signals/match', formOf(bytes));
    expect(answer.status).toBe(200);
    return answer.body;
  }
  async function know(hash: string, quality: number): Promise<string> {
    const signal = { labels: {}, type: 'pdq', value: hash, quality };
    const made = await curator.post<{ id: string }>('/v1/signals', signal);
    expect(made.status).toBe(201);
    return made.body.id;
  }

  it('is found as a picture without its end, as a cut one, and as a TIFF; a cut one is said to be incomplete', async () => {
    const jpeg = await sceneJpeg(61, SIZE, 95);
    const png = await scenePng(61, SIZE);
    const { image } = await ask(jpeg);
    const id = await know(image!.pdq.hash, image!.pdq.quality);
    const truncated = { code: 'image.truncated', title: expect.any(String) };
    for (const [file, incomplete] of [
      [jpeg.subarray(0, -2), null],
      [png.subarray(0, -12), null],
      [Buffer.concat([jpeg, Buffer.from('behind the end')]), null],
      [await pipelineOf(scenePixels(61, SIZE)).tiff({ compression: 'lzw' }).toBuffer(), null],
      [jpeg.subarray(0, -3_000), truncated],
      [png.subarray(0, -3_000), truncated],
    ] as const) {
      const answer = await ask(file);
      expect(answer).toMatchObject({ incomplete, notHashed: null, matchable: 'perceptual' });
      expect(answer.matches.map(({ signalId }) => signalId)).toContain(id);
    }
  });

  it('is found as a PDF that something stands before', async () => {
    const pdf = pdfFile({ drawing: SHAPES });
    const known = await world.app.get(MediaHashing).hash(pdf);
    const id = await know(known.pdf!.pages[0]!.hash, known.pdf!.pages[0]!.quality);
    for (const before of [' ', '<html>', '\n'.repeat(1000)]) {
      const answer = await ask(Buffer.concat([Buffer.from(before), pdf]));
      expect(answer.matches.map(({ signalId }) => signalId)).toEqual([id]);
    }
  });

  it('is answered with the time to come back at when too many wait', async () => {
    const busy = jest
      .spyOn(world.app.get(MediaHashing), 'hash')
      .mockRejectedValue(new DomainError('request.unavailable', { retryAfterSeconds: 10 }));
    const answer = await moderator.form<{ code: string }>('/v1/signals/match', formOf(Buffer.from('words')));
    expect([answer.status, answer.body.code]).toEqual([503, 'request.unavailable']);
    expect(answer.headers['retry-after']).toBe('10');
    busy.mockRestore();
  });
});
