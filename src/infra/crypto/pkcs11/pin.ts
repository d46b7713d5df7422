import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { TokenFaultError } from './token-task';

/**
 * A token locks itself after a few wrong PINs, often for good. So a PIN that was refused once is not tried again: not by this
 * process, not by the next one, not after a restart. What remembers it is `<PIN file>.refused` with the fingerprint of the PIN's
 * file (not of the PIN), which does not fit any more as soon as the operator has written the file anew.
 */
const markerOf = (pinFile: string): string => `${pinFile}.refused`;

interface PinFile {
  readonly fingerprint: string;
  readonly content: Buffer;
}

function readPinFile(pinFile: string): PinFile {
  try {
    const { mode, mtimeMs, size, ino } = statSync(pinFile);
    if ((mode & 0o077) !== 0) throw new TokenFaultError('misconfigured', 'others may read the PIN: chmod 600');
    return { fingerprint: `${mtimeMs} ${size} ${ino}`, content: readFileSync(pinFile) };
  } catch (error) {
    throw error instanceof TokenFaultError
      ? error
      : new TokenFaultError('misconfigured', 'the file of the PIN cannot be read');
  }
}

function refusedBefore(pinFile: string): string | undefined {
  try {
    return readFileSync(markerOf(pinFile), 'utf8');
  } catch {
    return undefined;
  }
}

function firstLine(content: Buffer): Buffer {
  const end = content.findIndex((byte) => byte === 0x0a || byte === 0x0d);
  return content.subarray(0, end < 0 ? content.length : end);
}

/**
 * Uses the PIN once. `use` says whether the token took it; what held it is overwritten.
 * @param refused fingerprint of a PIN that is known to be wrong, where the marker could not be written
 * @throws TokenFaultError misconfigured, pin-refused
 */
export function withPin(
  pinFile: string,
  refused: string | undefined,
  use: (pin: Uint8Array) => 'taken' | 'refused',
): void {
  const { fingerprint, content } = readPinFile(pinFile);
  try {
    const pin = firstLine(content);
    if (pin.length === 0) throw new TokenFaultError('misconfigured', 'the file of the PIN is empty');
    if (fingerprint === refused || fingerprint === refusedBefore(pinFile)) {
      throw new TokenFaultError('pin-refused', 'refused before and not tried again: write its file anew', fingerprint);
    }
    if (use(pin) === 'taken') return;
  } finally {
    content.fill(0);
  }
  try {
    writeFileSync(markerOf(pinFile), fingerprint, { mode: 0o600 });
  } catch {
    // A folder that cannot be written to: the process that asked remembers it.
  }
  throw new TokenFaultError('pin-refused', 'the token refused the PIN; it is not tried again', fingerprint);
}
