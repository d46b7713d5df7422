import { PROBLEMS, type ProblemCode } from '../../../src/domain/errors';
import type { VideoHashes } from '../../../src/infra/media/hash-video';
import type { Image } from '../match-api';

/** What is wrong with a file, by a stable code and in words. */
export interface Fault {
  readonly code: string;
  readonly title: string;
}

/** Every hash of one file, as the server makes them. The bytes go nowhere. */
export interface FileHashes {
  readonly size: number;
  /** By magic bytes; null when unknown. */
  readonly type: string | null;
  readonly sha256: string;
  readonly sha512: string;
  readonly md5: string;
  /** `blockhash` is null where the picture was not decoded exactly ({@link HashOptions.fast}). */
  readonly image: (Omit<Image, 'blockhash'> & { readonly blockhash: string | null }) | null;
  /** vPDQ: about five hashes a second, where ffmpeg is installed. */
  readonly video: Omit<VideoHashes, 'incomplete'> | null;
  /** Why there is no perceptual hash of a picture or film, or of what markup may hold; null where there is one, or could never be. */
  readonly notHashed: Fault | null;
  /** Why these are the hashes of what can be seen of a damaged file: to be compared like others, never contributed. */
  readonly incomplete?: Fault;
}

export interface HashOptions {
  /** A picture of more pixels is refused before one is decoded. */
  readonly maxPixels?: number;
  /** A larger picture gets exact hashes only, so that memory stays bounded. */
  readonly maxImageBytes?: number;
  /**
   * For scanning in bulk, never for a hash that is contributed: a baseline JPEG of 512 pixels and more a side is not
   * decoded at all, another large one at a fraction of its size. No JPEG has a blockhash then;
   * docs/decisions/perceptual-hashes.md has the errors of PDQ.
   */
  readonly fast?: boolean;
  /** False: films get exact hashes only. */
  readonly video?: boolean;
  readonly signal?: AbortSignal;
}

/** What is told of the look of a file. */
export type Look = Pick<FileHashes, 'image' | 'video' | 'notHashed' | 'incomplete'>;

export const NO_LOOK: Look = { image: null, video: null, notHashed: null };

/** In the server's words. */
export const faultOf = (code: ProblemCode): Fault => ({ code, title: PROBLEMS[code][1] });

export const noLook = (notHashed: Fault): Look => ({ ...NO_LOOK, notHashed });
