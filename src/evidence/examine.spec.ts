import { DomainError } from '../domain/errors';
import { examine, isRefusedImage } from './examine';

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);
const hashes = {
  mode: 'exact',
  type: 'image/jpeg',
  width: 10,
  height: 10,
  pdq: { hash: '0', quality: 90 },
  blockhash: '0',
} as const;
const file = (head: Buffer, size = head.length): { head: Buffer; size: number } => ({ head, size });
const never = (): Promise<never> => Promise.reject(new Error('hashed'));
const failing = (code: 'image.undecodable' | 'image.truncated' | 'image.timeout') => (): Promise<never> =>
  Promise.reject(new DomainError(code));

describe('what a file is', () => {
  it('is told by its bytes, and only pictures are decoded', async () => {
    expect(await examine(file(JPEG), undefined, () => Promise.resolve(hashes))).toEqual({
      type: 'image/jpeg',
      hashes,
      notHashed: null,
    });
    expect(await examine(file(Buffer.from('words')), 'text/plain', never)).toEqual({
      type: 'application/octet-stream',
      hashes: null,
      notHashed: null,
    });
    expect(await examine(file(Buffer.from('<html><script>')), 'text/html', never)).toMatchObject({
      type: 'application/octet-stream',
    });
  });

  it('refuses the empty, the SVG and the mislabelled before anything decodes them', async () => {
    await expect(examine(file(Buffer.alloc(0)), undefined, never)).rejects.toMatchObject({ code: 'file.empty' });
    await expect(examine(file(Buffer.from('<svg xmlns="x">')), 'image/svg+xml', never)).rejects.toMatchObject({
      code: 'file.svg',
    });
    await expect(examine(file(JPEG), 'image/png', never)).rejects.toMatchObject({ code: 'file.mislabelled' });
  });

  it('keeps a picture that nobody here can decode, and says why it has no hashes', async () => {
    for (const code of ['image.undecodable', 'image.timeout'] as const) {
      expect(await examine(file(JPEG), undefined, failing(code))).toMatchObject({ hashes: null, notHashed: code });
    }
    await expect(examine(file(JPEG), undefined, failing('image.truncated'))).rejects.toThrow();
  });

  it('takes a photograph of fifty megapixels for a photograph, and ten thousand square in a hundred kilobytes for a bomb', () => {
    const large = (width: number, height: number): DomainError =>
      new DomainError('image.too-large', { width, height, maxPixels: 40e6 });
    expect(isRefusedImage(large(8_660, 5_773), 12_000_000)).toBe(false);
    expect(isRefusedImage(large(10_000, 10_000), 100_000)).toBe(true);
    expect(isRefusedImage(new DomainError('image.too-large', { bytes: 9e7, maxBytes: 6e7 }), 9e7)).toBe(false);
    expect(isRefusedImage(new DomainError('image.too-large', { type: 'image/png' }), 9e7)).toBe(true);
  });
});
