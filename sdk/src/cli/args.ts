import { parseArgs } from 'node:util';
import { UsageError } from './exit';

export interface Option {
  readonly type: 'text' | 'flag';
  readonly short?: string;
  /** May be given more than once. */
  readonly many?: boolean;
  /** What the help calls the value. */
  readonly value?: string;
  /** The only values there are; checked before anything is sent. */
  readonly oneOf?: readonly string[];
  /** The value when the option stands without one. */
  readonly bare?: string;
  readonly help: string;
}
export type Options = Readonly<Record<string, Option>>;

/** What was asked, after the form of it was checked. */
export interface Input {
  readonly positionals: readonly string[];
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  flag(name: string): boolean;
  /** @throws UsageError when the option was not given */
  required(name: string): string;
}

export interface Shape {
  readonly options: Options;
  /** How the help writes the arguments: `<url…>`. */
  readonly args: string;
  readonly positionals: readonly [least: number, most: number];
}

export const COMMON: Options = {
  json: { type: 'flag', help: 'Machine-readable output, on standard output alone' },
  profile: { type: 'text', value: 'name', help: 'Which login to use (also CLEPSYDRA_PROFILE)' },
  help: { type: 'flag', short: 'h', help: 'Explain this command' },
};

/** `--receipts` may stand alone: parseArgs knows no such option, so its bare value is written in. */
function fillBare(args: readonly string[], options: Options): string[] {
  return args.map((arg, index) => {
    const bare = arg.startsWith('--') ? options[arg.slice(2)]?.bare : undefined;
    const next = args[index + 1];
    return bare !== undefined && (next === undefined || next.startsWith('-')) ? `${arg}=${bare}` : arg;
  });
}

function parse(args: readonly string[], options: Options): ReturnType<typeof parseArgs> {
  const specification = Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      {
        type: option.type === 'flag' ? ('boolean' as const) : ('string' as const),
        multiple: option.many ?? false,
        ...(option.short ? { short: option.short } : {}),
      },
    ]),
  );
  try {
    return parseArgs({ args: fillBare(args, options), options: specification, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const listOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((each): each is string => typeof each === 'string');

function checkValues(values: Readonly<Record<string, unknown>>, options: Options): void {
  for (const [name, option] of Object.entries(options)) {
    const wrong = listOf(values[name]).find((value) => option.oneOf && !option.oneOf.includes(value));
    if (wrong !== undefined) throw new UsageError(`--${name} ${wrong}: must be one of ${option.oneOf?.join(', ')}`);
    if (listOf(values[name]).includes('') && option.bare !== '') throw new UsageError(`--${name} is empty`);
  }
}

/** @throws UsageError */
export function readInput(args: readonly string[], shape: Shape): Input {
  const options = { ...COMMON, ...shape.options };
  const { values, positionals } = parse(args, options);
  checkValues(values, options);
  const [least, most] = shape.positionals;
  if (values['help'] !== true && positionals.length < least) throw new UsageError(`${shape.args} is missing`);
  if (positionals.length > most) throw new UsageError(`"${positionals[most]}" was not expected`);
  const texts = (name: string): readonly string[] => listOf(values[name]);
  return {
    positionals,
    texts,
    text: (name) => texts(name).at(-1),
    flag: (name) => values[name] === true,
    required: (name) => {
      const value = texts(name).at(-1);
      if (value === undefined) throw new UsageError(`--${name} is missing`);
      return value;
    },
  };
}

/** An instant as ISO 8601 in UTC. @throws UsageError */
export function instant(name: string, text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new UsageError(`--${name} ${text}: give an instant such as 2026-03-01T14:05:00Z`);
  return new Date(time).toISOString();
}

/** @throws UsageError */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new UsageError(`--${name} ${text}: give a number from ${least} to ${most}`);
  return value;
}
