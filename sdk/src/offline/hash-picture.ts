import { DecodeFault, hashEncoded, type Sharp } from '../../../src/infra/imaging/decode';
import { IMAGE_LIMITS } from '../../../src/infra/imaging/protocol';
import { NO_LOOK, faultOf, noLook, type HashOptions, type Look } from './file-hashes';

let loaded: Promise<Sharp | null> | undefined;

/** sharp where it is installed, otherwise null: it is an optional peer. Asked once. */
export function findSharp(): Promise<Sharp | null> {
  loaded ??= import('sharp').then(
    (module) => module.default,
    () => null,
  );
  return loaded;
}

class NoDecoderError extends Error {}

async function loadSharp(): Promise<Sharp> {
  const sharp = await findSharp();
  if (!sharp) throw new NoDecoderError();
  return sharp;
}

/** By the server's code. One that ends early or is damaged is hashed as far as it can be seen. */
export async function hashPicture(bytes: Uint8Array, type: string, options: HashOptions): Promise<Look> {
  const limits = { maxPixels: options.maxPixels ?? IMAGE_LIMITS.maxPixels };
  // Nothing but JPEG is decoded for less, and what is decoded whole has a blockhash.
  const mode = options.fast && type === 'image/jpeg' ? 'fast' : 'exact';
  try {
    const hashes = await hashEncoded(loadSharp, bytes, limits, { mode, variants: [], partial: true });
    const { width, height, pdq, incomplete } = hashes;
    const image = { width, height, pdq, blockhash: hashes.mode === 'exact' ? hashes.blockhash : null };
    return { ...NO_LOOK, image, ...(incomplete ? { incomplete: faultOf(incomplete) } : {}) };
  } catch (error) {
    if (error instanceof DecodeFault) return noLook(faultOf(error.code));
    if (!(error instanceof NoDecoderError)) throw error;
    return noLook({
      code: 'image.no-decoder',
      title: 'exact only: install the npm package sharp to decode pictures',
    });
  }
}
