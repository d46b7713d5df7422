import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable, pipeline } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import { log } from '../../../infra/log';

const GZIP = /(^|,)\s*(gzip|\*)\s*(;\s*q=(?!0(\.0+)?\s*(,|$))[\d.]+\s*)?(,|$)/i;

/**
 * Sends text as it is made, no faster than the reader takes it, packed where the reader accepts that. A reader that leaves
 * ends the making.
 */
export function sendText(
  request: FastifyRequest,
  reply: FastifyReply,
  text: AsyncIterable<string>,
  headers: Readonly<Record<string, string>>,
): FastifyReply {
  const source = Readable.from(text, { objectMode: false });
  void reply.headers({ 'cache-control': 'no-store', vary: 'accept-encoding', ...headers });
  if (!GZIP.test(request.headers['accept-encoding'] ?? '')) return reply.send(source);
  // Each page goes out when it is made; the default would hold it back until a block is full.
  const packed = createGzip({ flush: constants.Z_SYNC_FLUSH });
  pipeline(source, packed, (error) => {
    if (error && error.code !== 'ERR_STREAM_PREMATURE_CLOSE')
      log.warn({ event: 'exchange.stream-failed', code: error.code ?? error.name });
  });
  return reply.header('content-encoding', 'gzip').send(packed);
}
