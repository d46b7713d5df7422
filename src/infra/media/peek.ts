import { Readable } from 'node:stream';

export interface Peeked {
  /** The first bytes, fewer only when there are no more. */
  readonly head: Buffer;
  /** Everything from the first byte, `head` included. */
  readonly whole: Readable;
}

/** Looks at the head of a stream without taking it away. @throws the source's own error. */
export async function peek(source: Readable, bytes: number): Promise<Peeked> {
  const rest: AsyncIterator<Buffer> = source[Symbol.asyncIterator]();
  const parts: Buffer[] = [];
  for (let length = 0; length < bytes;) {
    const next = await rest.next();
    if (next.done) break;
    const part = Buffer.from(next.value);
    parts.push(part);
    length += part.length;
  }
  const chunks = async function* (): AsyncGenerator<Buffer> {
    yield* parts.splice(0);
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  };
  const head = Buffer.concat(parts).subarray(0, bytes);
  return { head, whole: Readable.from(chunks(), { objectMode: false }) };
}
