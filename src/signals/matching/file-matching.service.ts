import '@fastify/multipart';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { DomainError, PROBLEMS } from '../../domain/errors';
import type { Actor } from '../../infra/database/work';
import { multipartFault } from '../../infra/http/submission';
import { ImagePool, type ImageHashes } from '../../infra/imaging/image-pool';
import type { FileMatchAnswer } from '../signal.dto';
import { Matching } from './matching.service';

/** Held in memory while it is looked up, so the limit is that of one image and not that of an exhibit. */
const LIMIT_BYTES = 64 * 2 ** 20;

const digest = (algorithm: 'sha256' | 'md5', bytes: Buffer): string =>
  createHash(algorithm).update(bytes).digest('hex');

/** "Do we know this picture?" The bytes are hashed and forgotten; nothing about a miss is kept. */
@Injectable()
export class FileMatching {
  constructor(
    private readonly matching: Matching,
    private readonly images: ImagePool,
  ) {}

  async match(actor: Actor, request: FastifyRequest): Promise<FileMatchAnswer> {
    const { bytes, fileName } = await readFile(request);
    const { hashes, fault } = await this.hashImage(bytes);
    const sha256 = digest('sha256', bytes);
    const md5 = digest('md5', bytes);
    const found = await this.matching.byFile(actor, {
      sha256,
      md5,
      ...(hashes ? { pdq: hashes.pdq, blockhash: hashes.blockhash } : {}),
    });
    const image = hashes && {
      width: hashes.width,
      height: hashes.height,
      pdq: hashes.pdq,
      blockhash: hashes.blockhash,
    };
    return { fileName, size: bytes.length, sha256, md5, image: image ?? null, notHashed: fault, ...found };
  }

  private async hashImage(bytes: Buffer): Promise<{ hashes?: ImageHashes; fault: FileMatchAnswer['notHashed'] }> {
    try {
      return { hashes: await this.images.hashImage(bytes, bytes.length), fault: null };
    } catch (error) {
      if (!(error instanceof DomainError) || error.status >= 500) throw error;
      return { fault: { code: error.code, title: PROBLEMS[error.code][1] } };
    }
  }
}

async function readFile(request: FastifyRequest): Promise<{ bytes: Buffer; fileName: string | null }> {
  if (!request.isMultipart()) throw new DomainError('request.unsupported-media-type');
  const part = await request.file({ limits: { fileSize: LIMIT_BYTES, files: 1 } }).catch((error: unknown) => {
    throw multipartFault(error);
  });
  if (!part)
    throw new DomainError('request.invalid', {}, [{ pointer: '/file', detail: 'a part named file is needed' }]);
  const bytes = await part.toBuffer().catch(() => {
    throw new DomainError('file.interrupted');
  });
  if (part.file.truncated) throw new DomainError('request.too-large', { maxBytes: LIMIT_BYTES });
  return { bytes, fileName: part.filename || null };
}
