import { Injectable } from '@nestjs/common';
import type { MatchBuffer } from '../../perceptual/hamming-search';
import type { NearQuestions } from './batch-questions';
import type { HashStore } from './hash-store';
import { turn } from './turn';

/** Searches of many questions. */
@Injectable()
export class SignalReaders {
  async search(store: HashStore, { type, radius, hashes }: NearQuestions): Promise<MatchBuffer> {
    const scan = store.index(type).startMany(hashes, radius);
    while (!scan.step()) await turn();
    return scan.found;
  }
}
