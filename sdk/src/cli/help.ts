import { COMMON, type Option, type Options } from './args';
import { EXIT_MEANINGS } from './exit';
import { table } from './output';
import type { Verb } from './verb';

const WIDTH = 96;

function wrap(text: string, indent: number): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > WIDTH - indent) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}

function optionName(name: string, option: Option): string {
  const short = option.short ? `-${option.short}, ` : '    ';
  const value =
    option.type === 'flag'
      ? ''
      : option.bare === undefined
        ? ` <${option.value ?? 'value'}>`
        : ` [${option.value ?? 'value'}]`;
  return `  ${short}--${name}${value}`;
}

function optionLines(options: Options): string[] {
  const names = Object.entries(options).map(([name, option]) => optionName(name, option));
  const width = Math.max(...names.map((name) => name.length)) + 2;
  return Object.values(options).map((option, index) => {
    const values = option.oneOf ? `: ${option.oneOf.join(', ')}` : '';
    const many = option.many ? ' (may be repeated)' : '';
    return (names[index] ?? '').padEnd(width) + wrap(`${option.help}${values}${many}`, width);
  });
}

export function helpOf(verb: Verb): string[] {
  return [
    verb.summary,
    '',
    `Usage: clepsydra ${verb.name}${verb.args ? ` ${verb.args}` : ''} [options]`,
    '',
    'Options:',
    ...optionLines({ ...verb.options, ...COMMON }),
    ...(verb.notes ? ['', ...verb.notes.map((note) => wrap(note, 0))] : []),
    '',
    'Examples:',
    ...verb.examples.map((example) => `  ${example}`),
  ];
}

export function overview(verbs: readonly Verb[]): string[] {
  return [
    'clepsydra: refer terrorist content to its platform, watch the hour, keep the proof.',
    '',
    'Usage: clepsydra <command> [arguments] [options]',
    '',
    ...table(verbs.map(({ name, args, summary }) => [`  ${name}${args ? ` ${args}` : ''}`, summary])),
    '',
    'clepsydra <command> --help explains one, with examples; clepsydra help exit-codes lists the exit codes, clepsydra --version says which this is.',
    'As operator, beside an installation: clepsydra init | verify | db-check.',
    'A notice may be named by its id or its reference. Every command takes --json.',
    '',
    'CLEPSYDRA_URL, CLEPSYDRA_TOKEN   which server, with which API key or token (instead of a login)',
    'CLEPSYDRA_PROFILE                which login, when there are several',
    'CLEPSYDRA_HOME                   where logins and receipts are kept (~/.clepsydra)',
    'CLEPSYDRA_PASSWORD               the password for `login`, for scripts',
    'NO_COLOR                         no colours',
  ];
}

export const exitCodes = (): string[] => table(EXIT_MEANINGS.map(([code, meaning]) => [`  ${code}`, meaning]));
