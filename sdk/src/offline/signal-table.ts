import { createHammingIndex, type HammingStore } from '../perceptual';
import { isSignalHash, type SignalType } from '../../../src/domain/vocabulary';
import { isPerceptual, type PerceptualType } from '../../../src/perceptual/match-radius';
import { VideoIndex } from '../../../src/perceptual/video-index';
import type { VpdqFrame } from '../../../src/perceptual/vpdq';
import type { About, FeedLine, KnownSignal } from './feed-line';

/** One signal within the radius of a hash. */
export interface Found extends KnownSignal {
  /** Bits that differ; 0 for an exact hash. Of a film: the mean over its frames that were found, rounded up. */
  readonly distance: number;
  /** Of a film that was found by its frames: shares of the frames of each that are near one of the other. */
  readonly vpdq?: { readonly queryPercent: number; readonly comparedPercent: number };
}

export const byDistance = (a: Found, b: Found): number =>
  a.distance - b.distance || (a.signalId < b.signalId ? -1 : a.signalId > b.signalId ? 1 : 0);

/** Every signal of the permitted lists in memory: exact hashes by their text, perceptual ones and frames in exact Hamming indexes. */
export class SignalTable {
  readonly #handles = new Map<string, number>();
  readonly #entries: (KnownSignal | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #exact = new Map<string, number[]>();
  readonly #near: Readonly<Record<PerceptualType, HammingStore>> = {
    pdq: createHammingIndex(),
    blockhash: createHammingIndex(),
  };
  readonly #films = new VideoIndex();
  /** One object for each distinct set of labels, lists and so on, which are few beside the hashes. */
  readonly #abouts = new Map<string, About>();
  readonly #isShared = new WeakSet<About>();

  get size(): number {
    return this.#handles.size;
  }

  /** The last word on a signal replaces what was said before. */
  apply(line: Exclude<FeedLine, { kind: 'skipped' }>): void {
    const { signalId } = line;
    const handle = this.#handles.get(signalId);
    const before = handle === undefined ? undefined : this.#entries[handle];
    if (line.kind === 'gone') {
      if (handle !== undefined && before) this.#drop(handle, before);
      return;
    }
    const { value, frames } = line;
    const entry = { signalId, value, frames, about: this.#shared(line.about) };
    if (handle !== undefined && before?.value === value && before.about.type === entry.about.type) {
      // The value is the digest of the frames, so those that were once told are these.
      this.#entries[handle] = { ...entry, frames: frames ?? before.frames };
      if (frames) this.#films.add(handle, frames);
      return;
    }
    if (handle !== undefined && before) this.#drop(handle, before);
    this.#add(entry);
  }

  /** Nearest first, then by id. @throws RangeError for a malformed hash or radius */
  find(type: SignalType, value: string, radius: number): Found[] {
    if (!isSignalHash(type, value)) throw new RangeError(`That is no ${type} hash in lower-case hexadecimal`);
    if (!isPerceptual(type) && radius !== 0) throw new RangeError(`${type} is equal or not: the radius is 0`);
    const near = isPerceptual(type)
      ? this.#near[type].query(value, radius)
      : (this.#exact.get(keyOf(type, value)) ?? []).map((id) => ({ id, distance: 0 }));
    return near
      .flatMap(({ id, distance }) => {
        const entry = this.#entries[id];
        return entry ? [{ ...entry, distance }] : [];
      })
      .sort(byDistance);
  }

  /** Every film that the thresholds of vPDQ call a match, in no order. @throws RangeError for a malformed frame */
  findFilms(frames: readonly VpdqFrame[]): Found[] {
    const scan = this.#films.start(frames);
    while (!scan.step());
    return scan.hits().flatMap(({ video, distance, queryPercent, comparedPercent }) => {
      const entry = this.#entries[video];
      return entry ? [{ ...entry, distance, vpdq: { queryPercent, comparedPercent } }] : [];
    });
  }

  *entries(): Generator<KnownSignal> {
    for (const entry of this.#entries) if (entry) yield entry;
  }

  #add(entry: KnownSignal): void {
    const handle = this.#free.pop() ?? this.#entries.length;
    this.#entries[handle] = entry;
    this.#handles.set(entry.signalId, handle);
    const { value, frames, about } = entry;
    if (frames) this.#films.add(handle, frames);
    if (isPerceptual(about.type)) {
      this.#near[about.type].insert(handle, value);
      return;
    }
    const key = keyOf(about.type, value);
    const same = this.#exact.get(key);
    if (same) same.push(handle);
    else this.#exact.set(key, [handle]);
  }

  #drop(handle: number, { signalId, value, about: { type } }: KnownSignal): void {
    this.#entries[handle] = undefined;
    this.#handles.delete(signalId);
    this.#free.push(handle);
    this.#films.remove(handle);
    if (isPerceptual(type)) {
      this.#near[type].remove(handle);
      return;
    }
    const key = keyOf(type, value);
    const rest = (this.#exact.get(key) ?? []).filter((each) => each !== handle);
    if (rest.length > 0) this.#exact.set(key, rest);
    else this.#exact.delete(key);
  }

  #shared(about: About): About {
    if (this.#isShared.has(about)) return about;
    const key = JSON.stringify(about);
    const known = this.#abouts.get(key);
    if (known) return known;
    this.#abouts.set(key, about);
    this.#isShared.add(about);
    return about;
  }
}

const keyOf = (type: SignalType, value: string): string => `${type}:${value}`;
