export interface ServerSentEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/**
 * Server-sent events (HTML, section 9.2.6) of a stream of text, in whatever pieces it arrives. A block that only moves
 * the last event id is given too, with empty data: a reader that comes back needs the id.
 */
export async function* readEvents(chunks: AsyncIterable<string>): AsyncGenerator<ServerSentEvent> {
  let rest = '';
  let [id, event, data, moved]: [string | null, string, string[], boolean] = [null, '', [], false];
  for await (const chunk of chunks) {
    rest += chunk;
    // A carriage return at the end may be half of a pair: it waits for the next piece.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0 || moved) yield { id, event: event || 'message', data: data.join('\n') };
        [event, data, moved] = ['', [], false];
        continue;
      }
      const [field, value] = fieldOf(line);
      if (field === 'id') [id, moved] = [value, true];
      if (field === 'event') event = value;
      if (field === 'data') data.push(value);
    }
  }
}

/** A comment starts with a colon: its field has no name. */
function fieldOf(line: string): [field: string, value: string] {
  const colon = line.indexOf(':');
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
}
