export interface ServerSentEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/**
 * Server-sent events (HTML, section 9.2.6) of a stream of text, in whatever pieces it arrives. Yields null for a
 * comment, which servers send to keep a connection open.
 */
export async function* readEvents(chunks: AsyncIterable<string>): AsyncGenerator<ServerSentEvent | null> {
  let rest = '';
  let [id, event, data]: [string | null, string, string[]] = [null, '', []];
  for await (const chunk of chunks) {
    rest += chunk;
    // A carriage return at the end may be half of a pair: it waits for the next piece.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { id, event: event || 'message', data: data.join('\n') };
        [event, data] = ['', []];
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) yield null;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'id') id = value;
      if (field === 'event') event = value;
      if (field === 'data') data.push(value);
    }
  }
}
