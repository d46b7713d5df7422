/** Entry of an image-hashing child process; see image-pool.ts. argv[2]: the most pixels an image may have. */
import sharp from 'sharp';
import { DecodeFault, hardenDecoder, hashEncoded } from './decode';
import { FrameReader } from './frames';
import type { HashRequest } from './frames';
import type { Answer, DecodeLimits } from './protocol';

const limits: DecodeLimits = { maxPixels: Number(process.argv[2] ?? 0) };

async function answer(bytes: Buffer, request: HashRequest): Promise<Answer> {
  try {
    const hashes = await hashEncoded(() => Promise.resolve(sharp), bytes, limits, request);
    return { ok: true, hashes, rssBytes: process.memoryUsage.rss() };
  } catch (error) {
    if (error instanceof DecodeFault) return { ok: false, code: error.code, details: error.details };
    return { ok: false, code: 'image.undecodable', details: { reason: 'internal' } };
  }
}

hardenDecoder(sharp);
// Whoever started us is gone: nobody waits for an answer.
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole process group; the pool decides when its children end.
process.on('SIGINT', () => undefined);
const reader = new FrameReader((bytes, request) => {
  void answer(bytes, request).then((result) => process.send?.(result));
});
process.stdin.on('data', (chunk: Buffer) => reader.push(chunk));
