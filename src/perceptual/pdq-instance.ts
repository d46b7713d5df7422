/** The part of the global that is used: neither Node's types nor the library of the language declare it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
};

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const PAGE = 65_536;

/**
 * The exports of a module that the build assembled, as base64; at once, because nothing in this folder waits. Null where
 * there is no WebAssembly with SIMD, or where a page's content policy forbids it: the caller's twin then computes.
 */
export function instantiate(base64: string): unknown {
  try {
    const bytes = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  } catch {
    return null;
  }
}

/** @throws RangeError when the memory cannot grow to `size` bytes. */
export function reserve(memory: WasmMemory, size: number): void {
  const missing = size - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}
