import { HAMMING_WASM } from './hamming.wasm';

/** What hamming.wat exports; addresses in bytes, rows by number. */
export interface HammingExports {
  permute(table: number, from: number, to: number): void;
  batch(scratch: number, count: number, radius: number): number;
  flat(scratch: number, radius: number, from: number, to: number): number;
  writeRow(row: number, from: number, id: number, flags: number, next: number): void;
  adoptRows(row: number, count: number): void;
  clear(area: number, fromSlot: number, toSlot: number): void;
  insert(area: number, row: number, fromChunk: number, toChunk: number): void;
  remove(area: number, row: number, fromChunk: number, toChunk: number): void;
  find(area: number, query: number): number;
  countRows(from: number, to: number, counts: number): void;
  sortRows(chunk: number, from: number, to: number, ends: number): void;
  placeSorted(area: number, firstSlot: number, from: number, to: number): void;
  placeRange(area: number, chunk: number, from: number, to: number, out: number): number;
}

/** The parts of WebAssembly's interface that are used: neither Node's types nor the language's have them. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}
interface WasmApi {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
  Memory: new (description: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

export const PAGE_BYTES = 65536;
/** 4 GiB of addresses where they are to be had, otherwise one; only what is used takes memory. */
const MAXIMUM_PAGES = [65535, 16384];

let compiled: object | null | undefined;

function api(): WasmApi | undefined {
  return (globalThis as unknown as { WebAssembly?: WasmApi }).WebAssembly;
}

/** The module, compiled once; null where SIMD, threads or shared memory are missing. */
export function hammingModule(): object | null {
  if (compiled !== undefined) return compiled;
  const wasm = api();
  const bytes = Uint8Array.from(atob(HAMMING_WASM), (char) => char.charCodeAt(0));
  const usable = wasm !== undefined && typeof SharedArrayBuffer !== 'undefined' && wasm.validate(bytes);
  compiled = usable ? compile(wasm, bytes) : null;
  return compiled;
}

/** A page's Content Security Policy may forbid what `validate` allows. */
function compile(wasm: WasmApi, bytes: Uint8Array): object | null {
  try {
    return new wasm.Module(bytes);
  } catch {
    return null;
  }
}

/** @throws RangeError when there are no addresses to be had. */
export function newMemory(): WasmMemory {
  const wasm = api();
  if (!wasm) throw new RangeError('No WebAssembly here');
  for (const maximum of MAXIMUM_PAGES) {
    try {
      return new wasm.Memory({ initial: 1, maximum, shared: true });
    } catch {
      // A runtime, or a limit on addresses, that allows less.
    }
  }
  throw new RangeError('No shared memory to be had');
}

export function instantiateHamming(module: object, memory: WasmMemory): HammingExports {
  const wasm = api();
  if (!wasm) throw new RangeError('No WebAssembly here');
  // The exports are what hamming.wat says: the build assembles it from there.
  return new wasm.Instance(module, { clepsydra: { memory } }).exports as HammingExports;
}
