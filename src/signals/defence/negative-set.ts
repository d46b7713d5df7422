import type { NegativeKind, SignalType } from '../../domain/vocabulary';
import { createHammingIndex } from '../../perceptual/hamming-factory';
import type { HammingStore } from '../../perceptual/hamming-search';
import { isPerceptual, radiusFor } from '../../perceptual/match-radius';

/** What one hash hits among the negatives. */
export interface NegativeHits {
  /** The nearest of the harmless, with what it is of. */
  readonly harmless: { readonly note: string; readonly distance: number } | null;
  readonly canary: boolean;
  /** How many of the benign corpus it would match. */
  readonly corpus: number;
}

interface Negative {
  readonly kind: NegativeKind;
  readonly type: SignalType;
  readonly value: string;
  readonly note: string | null;
}

/**
 * Negatives in memory: perceptual ones in an exact range index, hit within the distance at which a contributed hash would match
 * them; the others by their value.
 */
export class NegativeSet {
  private readonly negatives = new Map<number, Negative>();
  private readonly handleOf = new Map<string, number>();
  private readonly exact = new Map<string, readonly number[]>();
  private readonly near = new Map<SignalType, HammingStore>();
  private next = 0;

  get size(): number {
    return this.negatives.size;
  }

  add(id: string, kind: NegativeKind, type: SignalType, value: string, note: string | null): void {
    if (this.handleOf.has(id)) return;
    const handle = this.next++;
    this.handleOf.set(id, handle);
    this.negatives.set(handle, { kind, type, value, note });
    if (!isPerceptual(type)) {
      const key = `${type}:${value}`;
      this.exact.set(key, [...(this.exact.get(key) ?? []), handle]);
    } else {
      const index = this.near.get(type) ?? createHammingIndex();
      this.near.set(type, index);
      index.insert(handle, value);
    }
  }

  remove(id: string): void {
    const handle = this.handleOf.get(id);
    const negative = handle === undefined ? undefined : this.negatives.get(handle);
    if (handle === undefined || !negative) return;
    this.handleOf.delete(id);
    this.negatives.delete(handle);
    this.near.get(negative.type)?.remove(handle);
    const key = `${negative.type}:${negative.value}`;
    const left = this.exact.get(key)?.filter((other) => other !== handle);
    if (left?.length) this.exact.set(key, left);
    else this.exact.delete(key);
  }

  hits(type: SignalType, value: string): NegativeHits {
    const found = isPerceptual(type)
      ? (this.near.get(type)?.query(value, radiusFor(type)) ?? [])
      : (this.exact.get(`${type}:${value}`) ?? []).map((id) => ({ id, distance: 0 }));
    let harmless: NegativeHits['harmless'] = null;
    let [canary, corpus] = [false, 0];
    for (const { id, distance } of found) {
      const negative = this.negatives.get(id);
      if (negative?.kind === 'harmless') harmless ??= { note: negative.note ?? 'a harmless image', distance };
      else if (negative?.kind === 'canary') canary = true;
      else if (negative) corpus++;
    }
    return { harmless, canary, corpus };
  }
}
