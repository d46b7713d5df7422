import * as fc from 'fast-check';
import { readEvents, type ServerSentEvent } from './server-sent-events';

async function* pieces(chunks: readonly string[]): AsyncGenerator<string> {
  yield* chunks;
}
const all = async (chunks: readonly string[]): Promise<ServerSentEvent[]> => {
  const events: ServerSentEvent[] = [];
  for await (const event of readEvents(pieces(chunks))) events.push(event);
  return events;
};

const STREAM =
  'retry: 200\n\nid: 4\nevent: entry\ndata: {"a":\ndata: 1}\n\n: through\nid: 9\r\n\r\ndata:x\r\rdata: cut off';

describe('server-sent events', () => {
  it('are the same in whatever pieces they arrive', async () => {
    const whole = await all([STREAM]);
    expect(whole).toEqual([
      { id: '4', event: 'entry', data: '{"a":\n1}' },
      { id: '9', event: 'message', data: '' },
      { id: '9', event: 'message', data: 'x' },
    ]);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(STREAM.length)), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), STREAM.length];
        const chunks = at.slice(1).map((end, index) => STREAM.slice(at[index], end));
        expect(await all(chunks)).toEqual(whole);
      }),
    );
  });
});
