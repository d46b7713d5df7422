import { createRequire } from 'node:module';

/** The part of koffi that is used. Declared here because the package is optional: without it everything else still builds. */
interface Koffi {
  load(path: string): {
    func(name: string, result: string, parameters: readonly string[]): (out: BigUint64Array) => unknown;
  };
  sizeof(type: string): number;
  proto(result: string, parameters: readonly string[]): unknown;
  call(pointer: bigint, prototype: unknown, ...values: readonly unknown[]): unknown;
  address(value: BigUint64Array): bigint;
  view(pointer: bigint, bytes: number): ArrayBuffer;
}

/** Position in CK_FUNCTION_LIST, which no version of PKCS #11 has changed, and parameters: unsigned long, pointer, byte. */
const FUNCTIONS = {
  initialize: [0, 'p'],
  finalize: [1, 'p'],
  getSlotList: [4, 'bpp'],
  getTokenInfo: [6, 'up'],
  openSession: [12, 'uuppp'],
  login: [18, 'uupu'],
  getAttributeValue: [24, 'uupu'],
  findObjectsInit: [26, 'upu'],
  findObjects: [27, 'upup'],
  findObjectsFinal: [28, 'u'],
  signInit: [42, 'upu'],
  sign: [43, 'upupp'],
} as const satisfies Record<string, readonly [position: number, parameters: string]>;

const TYPES: Readonly<Record<string, string>> = { u: 'ulong', p: 'void *', b: 'uchar' };
const WORD = 8;
const MOST_FUNCTIONS = 68;
const SERIAL_SESSION = 4n;
/** CK_UNAVAILABLE_INFORMATION as a length. */
const UNAVAILABLE = 0xffff_ffff_ffff_ffffn;
/** CKR_ATTRIBUTE_SENSITIVE and CKR_ATTRIBUTE_TYPE_INVALID: the others were still given. */
const PARTLY = [0x11, 0x12];
const MOST_SIGNATURE_BYTES = 2048;

type Value = bigint | number | BigUint64Array | Uint8Array | null;

/** A type and its value: a CK_ATTRIBUTE and a CK_MECHANISM with its parameter are laid out alike. */
export type Typed = readonly [type: bigint, value: Uint8Array];

/** What a function of the module returned, CKR_… */
export class CryptokiError extends Error {
  constructor(readonly returned: number) {
    super(`0x${returned.toString(16)}`);
  }
}

/** The module, or what calls it, cannot be used at all. */
export class ModuleError extends Error {}

export interface TokenInfo {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly flags: bigint;
}

/** An unsigned long as it lies in memory. */
export const ulong = (value: bigint): Uint8Array => new Uint8Array(new BigUint64Array([value]).buffer);

/**
 * A PKCS #11 module in this process, whose calls block: for a process of its own alone (token.worker.ts). For 64-bit systems
 * on which a long has eight bytes, which is every one but Windows.
 */
export class Cryptoki {
  private readonly prototypes = new Map<string, unknown>();

  private constructor(
    private readonly koffi: Koffi,
    private readonly functions: BigUint64Array,
    /** Held on to: a library that nobody refers to any more could be unloaded. */
    readonly library: unknown,
  ) {}

  /** @throws ModuleError when the library is not there or not a module */
  static load(path: string): Cryptoki {
    const koffi = loadKoffi();
    if (koffi.sizeof('ulong') !== WORD) throw new ModuleError('PKCS #11 is supported on 64-bit Unix alone');
    const list = new BigUint64Array(1);
    const library = opened(koffi, path, list);
    // The version stands before the functions, in a word of its own.
    const table = koffi.view(list[0] ?? 0n, (1 + MOST_FUNCTIONS) * WORD).slice(WORD);
    const module = new Cryptoki(koffi, new BigUint64Array(table), library);
    module.call('initialize', null);
    return module;
  }

  finalize(): void {
    this.call('finalize', null);
  }

  /** Slots that have a token in them. */
  slots(): bigint[] {
    const count = new BigUint64Array(1);
    this.call('getSlotList', 1, null, count);
    const slots = new BigUint64Array(Number(count[0]) + 8);
    count[0] = BigInt(slots.length);
    this.call('getSlotList', 1, slots, count);
    return [...slots.subarray(0, Number(count[0]))];
  }

  tokenInfo(slot: bigint): TokenInfo {
    const info = new BigUint64Array(32);
    this.call('getTokenInfo', slot, info);
    const bytes = Buffer.from(info.buffer);
    const text = (from: number, to: number): string => bytes.toString('utf8', from, to).replace(/[\0 ]+$/, '');
    return {
      label: text(0, 32),
      manufacturer: text(32, 64),
      model: text(64, 80),
      serial: text(80, 96),
      flags: info[12] ?? 0n,
    };
  }

  openSession(slot: bigint): bigint {
    const session = new BigUint64Array(1);
    this.call('openSession', slot, SERIAL_SESSION, null, null, session);
    return session[0] ?? 0n;
  }

  login(session: bigint, user: bigint, pin: Uint8Array): void {
    this.call('login', session, user, pin, BigInt(pin.length));
  }

  find(session: bigint, attributes: readonly Typed[]): bigint[] {
    this.call('findObjectsInit', session, this.laidOut(attributes), BigInt(attributes.length));
    const found: bigint[] = [];
    const page = new BigUint64Array(64);
    const count = new BigUint64Array(1);
    do {
      this.call('findObjects', session, page, BigInt(page.length), count);
      found.push(...page.subarray(0, Number(count[0])));
    } while (count[0] !== 0n);
    this.call('findObjectsFinal', session);
    return found;
  }

  /** Undefined where the object has no such attribute, or does not show it. */
  attribute(session: bigint, object: bigint, type: bigint): Uint8Array | undefined {
    const ask = (value: Uint8Array): BigUint64Array => {
      const asked = this.laidOut([[type, value]]);
      this.call('getAttributeValue', session, object, asked, 1n);
      return asked;
    };
    const length = ask(new Uint8Array())[2] ?? UNAVAILABLE;
    if (length === UNAVAILABLE) return undefined;
    const answer = ask(new Uint8Array(Number(length)));
    return new Uint8Array(answer.buffer, 3 * WORD, Number(length)).slice();
  }

  signInit(session: bigint, mechanism: Typed, key: bigint): void {
    this.call('signInit', session, this.laidOut([mechanism]), key);
  }

  sign(session: bigint, bytes: Uint8Array): Uint8Array {
    const signature = new Uint8Array(MOST_SIGNATURE_BYTES);
    const length = new BigUint64Array([BigInt(signature.length)]);
    this.call('sign', session, bytes, BigInt(bytes.length), signature, length);
    return signature.slice(0, Number(length[0]));
  }

  /** In one piece of memory, which is handed over itself: nothing that the module points to is collected meanwhile. */
  private laidOut(values: readonly Typed[]): BigUint64Array {
    const wordsOf = (value: Uint8Array): number => Math.ceil(value.length / WORD);
    let next = values.length * 3;
    const memory = new BigUint64Array(values.reduce((sum, [, value]) => sum + wordsOf(value), next));
    // Asked for first: it takes a small array off the heap, on which it would be moved.
    const bytes = new Uint8Array(memory.buffer);
    const base = this.koffi.address(memory);
    for (const [index, [type, value]] of values.entries()) {
      bytes.set(value, next * WORD);
      const at = value.length === 0 ? 0n : base + BigInt(next * WORD);
      memory.set([type, at, BigInt(value.length)], index * 3);
      next += wordsOf(value);
    }
    return memory;
  }

  private call(name: keyof typeof FUNCTIONS, ...values: readonly Value[]): void {
    const [position, parameters] = FUNCTIONS[name];
    const prototype = this.prototypes.get(parameters) ?? this.prototypeOf(parameters);
    const returned = Number(this.koffi.call(this.functions[position] ?? 0n, prototype, ...values));
    if (returned !== 0 && !(name === 'getAttributeValue' && PARTLY.includes(returned)))
      throw new CryptokiError(returned);
  }

  private prototypeOf(parameters: string): unknown {
    const made = this.koffi.proto(
      'ulong',
      [...parameters].map((letter) => TYPES[letter] ?? 'void *'),
    );
    this.prototypes.set(parameters, made);
    return made;
  }
}

/** Fills in where the functions of the module stand. */
function opened(koffi: Koffi, path: string, list: BigUint64Array): unknown {
  try {
    const library = koffi.load(path);
    const returned = Number(library.func('C_GetFunctionList', 'ulong', ['void *'])(list));
    if (returned !== 0) throw new CryptokiError(returned);
    return library;
  } catch {
    throw new ModuleError('the module cannot be loaded, or is no PKCS #11 module');
  }
}

function loadKoffi(): Koffi {
  try {
    return createRequire(__filename)('koffi') as Koffi;
  } catch {
    throw new ModuleError('the package koffi is not installed for this system');
  }
}
