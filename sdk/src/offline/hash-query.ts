import type { SignalType } from '../../../src/domain/vocabulary';
import { PDQ_MIN_QUALITY } from '../../../src/perceptual/pdq';
import type { FileHashes } from './file-hashes';

/** One hash to look up, as the server takes it. */
export interface HashQuery {
  readonly type: SignalType;
  readonly value: string;
  /** Bits that may differ, 0 to 64; unless told 31 for PDQ, 10 for blockhash and 0 for the others. */
  readonly radius?: number;
}

/** Exact hashes, then PDQ, then blockhash; neither of these when its PDQ quality is 49 or less. */
export function queriesOf({ sha256, sha512, md5, image, video }: FileHashes): HashQuery[] {
  const exact: HashQuery[] = [
    { type: 'sha256', value: sha256 },
    { type: 'sha512', value: sha512 },
    { type: 'md5', value: md5 },
    ...(video?.digest ? [{ type: 'vpdq', value: video.digest } as const] : []),
  ];
  if (!image || image.pdq.quality < PDQ_MIN_QUALITY) return exact;
  const pdq: HashQuery = { type: 'pdq', value: image.pdq.hash };
  return image.blockhash === null ? [...exact, pdq] : [...exact, pdq, { type: 'blockhash', value: image.blockhash }];
}
