import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import type { Actor } from '../../infra/database/work';
import { untilHungUp } from '../../infra/http/hung-up';
import { bytesOf, refuseBody } from '../../infra/http/reception';
import { drainBody } from '../../infra/http/submission';
import { ImagePool, type Asker } from '../../infra/imaging/image-pool';
import { MediaHashing, type MediaHashes } from '../../infra/media/media-hashing';
import { VARIANT_KINDS, type VariantKind } from '../../perceptual/pdq-variants';
import { FileTurns } from './file-turns';
import { openFile } from './form-file';
import type { FileMatchAnswer } from './match.dto';
import { Matching } from './matching.service';
import type { FileHashes } from './question';

const digest = (algorithm: 'sha256' | 'sha512' | 'md5', bytes: Buffer): string =>
  createHash(algorithm).update(bytes).digest('hex');

/** "Do we know this file?" The bytes are hashed and forgotten; nothing about a miss is kept. */
@Injectable()
export class FileMatching {
  readonly #turns = new FileTurns();

  constructor(
    private readonly matching: Matching,
    private readonly media: MediaHashing,
    private readonly images: ImagePool,
  ) {}

  match(actor: Actor, request: FastifyRequest, variants = ''): Promise<FileMatchAnswer> {
    const words = variants.split(',');
    const kinds = VARIANT_KINDS.filter((kind) => words.includes(kind));
    return untilHungUp(request, (signal) =>
      this.#turns.run(
        actor.organisationId,
        {
          received: () => bytesOf(request.raw),
          open: () => openFile(request),
          refuse: (error) => refuseBody(request.raw, error),
        },
        ({ bytes, fileName }) => this.answer(actor, bytes, fileName, kinds, signal),
        signal,
      ),
    ).catch((error: unknown) => {
      if (request.isMultipart()) drainBody(request);
      throw error;
    });
  }

  private async answer(
    actor: Actor,
    bytes: Buffer,
    fileName: string | null,
    kinds: readonly VariantKind[],
    signal: AbortSignal,
  ): Promise<FileMatchAnswer> {
    const asker = { owner: actor.organisationId, signal };
    const media = await this.media.hash(bytes, { size: bytes.length, lookUp: true, ...asker });
    const sha256 = digest('sha256', bytes);
    const sha512 = digest('sha512', bytes);
    const md5 = digest('md5', bytes);
    const variants = await this.variants(bytes, media, kinds, asker);
    const asked = { sha256, sha512, md5, ...perceptualOf(media), variants };
    const found = await this.matching.byFile(actor, asked);
    const { matchable } = media;
    return { fileName, size: bytes.length, sha256, sha512, md5, ...shown(media), ...found, matchable };
  }

  /** Hashes of the picture turned, mirrored or without its bars: decoded once more, and only when they are asked for. */
  private async variants(
    bytes: Buffer,
    { image }: MediaHashes,
    kinds: readonly VariantKind[],
    asker: Asker,
  ): Promise<FileHashes['variants']> {
    if (!image || kinds.length === 0) return [];
    const { variants } = await this.images.hashImage(bytes, bytes.length, {
      variants: kinds,
      partial: true,
      ...asker,
    });
    return variants ?? [];
  }
}

const perceptualOf = ({ image, video, pdf }: MediaHashes): FileHashes => ({
  ...(image ? { pdq: image.pdq, blockhash: image.blockhash } : {}),
  frames: video?.frames ?? [],
  pages: pdf?.pages ?? [],
  textSha256: pdf?.textSha256 ?? undefined,
});

const shown = ({
  image,
  video,
  pdf,
  fault,
}: MediaHashes): Pick<FileMatchAnswer, 'image' | 'video' | 'pdf' | 'notHashed' | 'incomplete'> => ({
  image: image && { width: image.width, height: image.height, pdq: image.pdq, blockhash: image.blockhash },
  video: video && { digest: video.digest, frames: video.frames.length, durationMs: video.durationMs },
  pdf: pdf && { textSha256: pdf.textSha256, pageCount: pdf.pageCount },
  notHashed: image || video || pdf ? null : fault,
  incomplete: image || video || pdf ? fault : null,
});
