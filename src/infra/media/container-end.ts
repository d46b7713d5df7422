import type { SeekableFile } from './scratch';

/** Boxes that are looked at before the rest is believed: a film has a handful, a stream in fragments two a fragment. */
const MAX_BOXES = 20_000;

/**
 * Whether a video ends before its own structure says it does. Those that state lengths are asked (ISO base media boxes,
 * the RIFF of AVI); the others are made to be cut anywhere.
 */
export async function endsEarly(file: SeekableFile, type: string): Promise<boolean> {
  if (type === 'video/mp4' || type === 'video/quicktime') return boxesEndEarly(file);
  if (type !== 'video/x-msvideo') return false;
  const head = await file.read(0, 8);
  return head.length < 8 || head.readUInt32LE(4) + 8 > file.size;
}

/** Size 0 runs to the end of the file, size 1 has 64 bits of size behind the type (ISO/IEC 14496-12, 4.2). */
async function boxesEndEarly(file: SeekableFile): Promise<boolean> {
  let at = 0;
  for (let boxes = 0; boxes < MAX_BOXES && at + 8 <= file.size; boxes++) {
    const head = await file.read(at, 16);
    const size = head.readUInt32BE(0);
    if (size === 0) return false;
    if (size === 1 && head.length < 16) return true;
    const length = size === 1 ? Number(head.readBigUInt64BE(8)) : size;
    if (length < 8) return false;
    at += length;
  }
  return at > file.size;
}
