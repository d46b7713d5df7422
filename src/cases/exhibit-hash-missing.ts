import { PROBLEMS, type ProblemCode } from '../domain/errors';
import type { SignalType } from '../domain/vocabulary';
import type { Exhibit } from '../evidence/evidence.entity';
import type { MediaView } from '../evidence/exhibit.dto';
import { PDQ_MIN_QUALITY } from '../perceptual/pdq';

type Looked = Pick<Exhibit, 'type' | 'pdq' | 'pdqQuality' | 'notHashed'>;

const isProblem = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);
const titleOf = (code: string): string => (isProblem(code) ? PROBLEMS[code][1] : code);

/** Why an exhibit has no hash of this type to offer, in words: for whoever asked for it by name. */
export function whyMissing(type: SignalType, exhibit: Looked, media: MediaView | null): string {
  if (type === 'pdq' || type === 'blockhash') return ofPicture(exhibit);
  if (type === 'vpdq') return ofMedia('video', 'no frame of it is usable', exhibit, media);
  if (type === 'text_sha256') return ofMedia('pdf', 'it has too little text, or too much', exhibit, media);
  return 'there is none';
}

function ofPicture({ type, pdq, pdqQuality, notHashed }: Looked): string {
  if (!type.startsWith('image/')) return `it is no picture but ${type}`;
  if (notHashed !== null) return titleOf(notHashed);
  if (pdq !== null && (pdqQuality ?? 0) < PDQ_MIN_QUALITY)
    return `too little to see: quality ${pdqQuality ?? 0} of 100`;
  return 'it was not hashed';
}

function ofMedia(kind: MediaView['kind'], without: string, exhibit: Looked, media: MediaView | null): string {
  if (media?.kind !== kind) return `it is no ${kind === 'pdf' ? 'PDF' : kind} but ${exhibit.type}`;
  if (media.state === 'pending') return 'it is being hashed';
  if (media.fault !== null) return titleOf(media.fault);
  return media.state === 'hashed' ? without : 'video: exact only (ffmpeg is not installed)';
}
