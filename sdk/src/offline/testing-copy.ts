import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Clepsydra } from '../clepsydra';
import { OfflineMatcher, type OfflineOptions } from './offline-matcher';
import { TestingFeed, type FedSignal } from './testing-feed';

/** A hash of so many digits, another for each seed. */
export const hex = (seed: number, digits = 64): string => {
  let [state, text] = [(seed + 1) >>> 0, ''];
  while (text.length < digits) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += (state >>> 8).toString(16).padStart(6, '0');
  }
  return text.slice(0, digits);
};
/** The hash with `bits` of its bits turned, from the end. */
export const turned = (hash: string, bits: number): string => {
  const mask = (1n << BigInt(bits)) - 1n;
  return (BigInt(`0x${hash}`) ^ mask).toString(16).padStart(64, '0');
};
export const pdq = (id: number, more: Partial<FedSignal> = {}): FedSignal => ({
  signalId: `signal-${String(id).padStart(5, '0')}`,
  type: 'pdq',
  value: hex(id),
  ...more,
});
export const ids = (matches: readonly { signalId: string }[]): string[] => matches.map(({ signalId }) => signalId);

/** A feed, a client of it and an empty folder for a copy of its lists. For specs only: it is in no bundle. */
export class TestingCopy {
  readonly client: Clepsydra;
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clepsydra-offline-'));

  private constructor(readonly feed: TestingFeed) {
    this.client = new Clepsydra({ baseUrl: feed.url, pause: () => Promise.resolve() });
  }

  static async start(): Promise<TestingCopy> {
    return new TestingCopy(await TestingFeed.start());
  }

  async close(): Promise<void> {
    await this.feed.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** The copy as a process that has just started opens it. */
  open(more: Partial<OfflineOptions> = {}): OfflineMatcher {
    return OfflineMatcher.open({ folder: this.folder, ...more });
  }

  recordsFile(): string {
    const name = fs.readdirSync(this.folder).find((each) => each.endsWith('.jsonl'));
    return path.join(this.folder, name ?? 'none');
  }
}
