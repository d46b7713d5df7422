import { ABANDON_IMAGE, FrameReader, endOfImage, frameHeader } from './frames';
import type { HashRequest } from './frames';
import { readAnswer } from './protocol';

const EXACT: HashRequest = { mode: 'exact', variants: [] };

describe('the pipe to a decoding process', () => {
  it('puts frames together however the bytes are cut, and forgets an abandoned image', () => {
    const images: string[] = [];
    const reader = new FrameReader((image) => images.push(image.toString()));
    const frame = (text: string): Buffer => Buffer.concat([frameHeader(text.length), Buffer.from(text)]);
    const stream = Buffer.concat([
      frame('one '),
      frame('picture'),
      frameHeader(endOfImage(EXACT)),
      frame('half'),
      frameHeader(ABANDON_IMAGE),
      frameHeader(endOfImage(EXACT)),
      frame('another'),
      frameHeader(endOfImage(EXACT)),
    ]);
    for (const size of [1, 3, 5, stream.length]) {
      images.length = 0;
      for (let at = 0; at < stream.length; at += size) reader.push(stream.subarray(at, at + size));
      expect(images).toEqual(['one picture', '', 'another']);
    }
  });

  it('carries with the end of an image what is asked of it', () => {
    const requests: HashRequest[] = [
      EXACT,
      { mode: 'fast' },
      { mode: 'exact', variants: ['dihedral'] },
      { mode: 'exact', variants: ['letterbox'] },
      { mode: 'exact', variants: ['dihedral', 'letterbox'] },
      { mode: 'exact', variants: ['letterbox'], partial: true },
      { mode: 'fast', partial: true },
    ];
    const received: HashRequest[] = [];
    const reader = new FrameReader((_image, request) => received.push(request));
    for (const request of requests) reader.push(frameHeader(endOfImage(request)));
    expect(received).toEqual(requests);
    expect(new Set([...requests.map(endOfImage), ABANDON_IMAGE]).size).toBe(8);
  });
});

describe('an answer of a decoding process', () => {
  const pdq = { hash: 'a'.repeat(64), quality: 100 };
  const exact = { mode: 'exact', type: 'image/png', width: 1, height: 1, pdq, blockhash: 'b'.repeat(64) };
  const sound = { ok: true, hashes: exact, rssBytes: 1 };

  it('is believed when it is exactly an answer, and stripped of whatever else it carries', () => {
    expect(readAnswer(sound)).toEqual(sound);
    expect(readAnswer({ ...sound, extra: 1, hashes: { ...exact, extra: 1 } })).toEqual(sound);
    const fast = { mode: 'fast', type: 'image/jpeg', width: 1, height: 1, pdq };
    expect(readAnswer({ ...sound, hashes: { ...fast, blockhash: 'b'.repeat(64) } })).toEqual({
      ...sound,
      hashes: fast,
    });
    const variants = [{ variant: 'rotate90', pdq }, { variant: 'letterbox', pdq }]; // prettier-ignore
    const asked = { ...sound, hashes: { ...exact, variants } };
    expect(readAnswer(asked)).toEqual(asked);
  });

  it('is not believed otherwise', () => {
    for (const wrong of [
      { mode: undefined },
      { mode: 'slow' },
      { type: 'text/html' },
      { blockhash: 'x' },
      { pdq: { ...pdq, quality: 101 } },
      { pdq: null },
      { variants: [{ variant: 'original', pdq }] },
      { variants: [{ variant: 'flipX', pdq: { ...pdq, hash: 'A'.repeat(64) } }] },
      { variants: Array.from({ length: 16 }, () => ({ variant: 'flipX', pdq })) },
      { variants: 'none' },
    ]) {
      expect(readAnswer({ ...sound, hashes: { ...exact, ...wrong } })).toBeNull();
    }
    expect(readAnswer({ ok: false, code: 'auth.required', details: {} })).toBeNull();
    expect(readAnswer('yes')).toBeNull();
  });

  it('may be a refusal, of which the short details are kept', () => {
    const refusal = {
      ok: false,
      code: 'image.truncated',
      details: { type: 'image/png', long: 'x'.repeat(101), deep: {} },
    };
    expect(readAnswer(refusal)).toEqual({ ok: false, code: 'image.truncated', details: { type: 'image/png' } });
  });
});
