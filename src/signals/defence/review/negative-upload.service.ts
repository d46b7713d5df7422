import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { DomainError } from '../../../domain/errors';
import { requestContext } from '../../../infra/context';
import type { Actor } from '../../../infra/database/work';
import { fingerprintOf } from '../../../infra/http/context.hook';
import { readSubmission } from '../../../infra/http/submission';
import { validated } from '../../../infra/http/validation';
import { readFile, type ReadList } from '../negative-list';
import { AddNegativesDto, type NegativesAnswer } from './defence.dto';
import { Negatives } from './negatives.service';

/** Some 200,000 PDQ hashes with their type; read into memory once. */
const MAX_BYTES = 16 * 2 ** 20;

/** A benign corpus as a file: CSV or JSON lines. */
@Injectable()
export class NegativeUpload {
  constructor(private readonly negatives: Negatives) {}

  async receive(actor: Actor, request: FastifyRequest): Promise<NegativesAnswer> {
    const { document, files, drain } = await readSubmission(request, 'about');
    try {
      const dto = await validated(document, AddNegativesDto);
      const bytes = await firstFile(files);
      const claim = requestContext()?.idempotency;
      const digest = createHash('sha256').update(JSON.stringify(document)).update(bytes).digest('hex');
      if (claim) claim.fingerprint = fingerprintOf(request.method, request.url, digest);
      return await this.negatives.addList(actor, dto, await read(bytes, dto));
    } catch (error) {
      drain();
      throw error;
    }
  }
}

async function firstFile(files: Awaited<ReturnType<typeof readSubmission>>['files']): Promise<Buffer> {
  for await (const { file } of files) {
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of file as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > MAX_BYTES) throw new DomainError('request.too-large', { maxBytes: MAX_BYTES });
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }
  throw new DomainError('request.invalid', {}, [{ pointer: '/file', detail: 'a file with the list is needed' }]);
}

async function read(bytes: Buffer, dto: AddNegativesDto): Promise<ReadList> {
  try {
    return await readFile(new TextDecoder('utf-8', { fatal: true }).decode(bytes), dto.type);
  } catch (error) {
    const reason = error instanceof TypeError ? 'the file is not UTF-8' : 'the file is neither CSV nor JSON lines';
    throw new DomainError('signal-negative.unusable', { reason });
  }
}
