import { DomainError } from '../../domain/errors';
import type { WrappedByMaster } from './key-provider';

export const FORMAT = 1;
/** `<case>.destroyed` stands where the keys of a case were. */
export const DESTROYED = '.destroyed';
const NAME = /^([0-9a-f-]{36})\.([1-9][0-9]*)\.key/;

/** `<case>.<generation>.key`. Temporary files of a key parse as that key: when it is destroyed, so are they. */
export function parseName(name: string): { readonly caseId?: string; readonly generation?: number } {
  const [, caseId, generation] = NAME.exec(name) ?? [];
  return caseId && generation ? { caseId, generation: Number(generation) } : {};
}

/** What a wrapping of a case key is bound to. */
export const caseKeyContext = (caseId: string, generation: number): Buffer =>
  Buffer.from(`clepsydra/case-key@v1\0${caseId}\0${generation}`);

export const encodeKeyFile = ({ keyId, wrapped }: WrappedByMaster): Buffer =>
  Buffer.from(JSON.stringify({ v: FORMAT, keyId, wrapped: Buffer.from(wrapped).toString('base64url') }));

/** Throws `storage.damaged` for anything that `encodeKeyFile` did not write. */
export function decodeKeyFile(text: string): WrappedByMaster {
  const file = parse(text);
  if (typeof file === 'object' && file !== null && 'v' in file && 'keyId' in file && 'wrapped' in file) {
    const { v, keyId, wrapped } = file;
    if (v === FORMAT && typeof keyId === 'string' && typeof wrapped === 'string') {
      return { keyId, wrapped: Buffer.from(wrapped, 'base64url') };
    }
  }
  throw new DomainError('storage.damaged', { part: 'case-key' });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
