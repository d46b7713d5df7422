import type { Pixels } from '../../src/perceptual/pixels';
import { withoutOrientation } from './without-orientation';

/** The server's limit: more is not decoded here either. */
const MAX_PIXELS = 40e6;

export interface Decoded {
  readonly pixels: Pixels;
  /** False when the browser kept transparent pixels only roughly: the hashes may differ by some bits from the server's. */
  readonly exact: boolean;
}

/** Thrown for what no browser decodes, and for what is too large. */
export class UndecodableError extends Error {}

/**
 * The stored pixels of a picture by the server's rules: not turned as EXIF says, colours not converted by a profile,
 * transparency kept apart, the first frame of an animation.
 * @throws UndecodableError
 */
export async function pixelsOf(picture: Uint8Array): Promise<Decoded> {
  const bitmap = await createImageBitmap(new Blob([withoutOrientation(picture)]), {
    imageOrientation: 'none',
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  }).catch(() => {
    throw new UndecodableError();
  });
  try {
    if (bitmap.width * bitmap.height > MAX_PIXELS) throw new UndecodableError();
    const drawn = drawnPixels(bitmap);
    if (isOpaque(drawn.data)) return { pixels: drawn, exact: true };
    // A canvas multiplies colours by their transparency and loses what lies under it, which PDQ looks at.
    const read = texturePixels(bitmap);
    return read ? { pixels: read, exact: true } : { pixels: drawn, exact: false };
  } finally {
    bitmap.close();
  }
}

function drawnPixels(bitmap: ImageBitmap): Pixels {
  const { width, height } = bitmap;
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new UndecodableError();
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { data: new Uint8Array(data.buffer, data.byteOffset, data.length), width, height, channels: 4 };
}

function isOpaque(data: Uint8Array): boolean {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return false;
  return true;
}

/** Null where the browser has no WebGL 2, or not for a picture of this size. */
function texturePixels(bitmap: ImageBitmap): Pixels | null {
  const { width, height } = bitmap;
  const gl = document.createElement('canvas').getContext('webgl2', { premultipliedAlpha: false });
  if (!gl || Math.max(width, height) > gl.getParameter(gl.MAX_TEXTURE_SIZE)) return null;
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
  gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
  gl.framebufferTexture2D(
    gl.FRAMEBUFFER,
    gl.COLOR_ATTACHMENT0,
    gl.TEXTURE_2D,
    gl.getParameter(gl.TEXTURE_BINDING_2D),
    0,
  );
  const data = new Uint8Array(width * height * 4);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, data);
  const failed = gl.getError() !== gl.NO_ERROR;
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return failed ? null : { data, width, height, channels: 4 };
}
