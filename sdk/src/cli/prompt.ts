import { InterruptedError, UsageError } from './exit';

const ENTER = new Set(['\r', '\n', '\u0004']);
const ERASE = new Set(['\u0008', '\u007f']);
const INTERRUPT = '\u0003';

/** Asks on standard error, so that standard output stays the result's. Echoes nothing when `hidden`. */
export function ask(
  question: string,
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  hidden: boolean,
): Promise<string> {
  if (!input.isTTY)
    throw new UsageError(`${question.replace(/:\s*$/, '')} is missing, and there is no terminal to ask on`);
  output.write(question);
  input.setRawMode(true);
  input.setEncoding('utf8');
  input.resume();
  return new Promise((resolve, reject) => {
    let typed = '';
    const finish = (error?: Error): void => {
      input.off('data', read);
      input.setRawMode(false);
      input.pause();
      output.write('\n');
      if (error) reject(error);
      else resolve(typed);
    };
    const read = (chunk: string | Buffer): void => {
      for (const character of String(chunk)) {
        if (ENTER.has(character)) return finish();
        if (character === INTERRUPT) return finish(new InterruptedError('stopped'));
        if (ERASE.has(character)) {
          if (!hidden && typed !== '') output.write('\b \b');
          typed = Array.from(typed).slice(0, -1).join('');
        } else if (character >= ' ') {
          typed += character;
          if (!hidden) output.write(character);
        }
      }
    };
    input.on('data', read);
  });
}

/** Everything on standard input, without the newline that ends it. */
export async function readAll(input: NodeJS.ReadStream): Promise<string> {
  let text = '';
  input.setEncoding('utf8');
  for await (const chunk of input) text += String(chunk);
  return text.replace(/\r?\n$/, '');
}
