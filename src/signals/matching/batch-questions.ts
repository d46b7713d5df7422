import { DomainError, type FieldFault } from '../../domain/errors';
import { escapeToken } from '../../domain/json';
import { isSignalHash, SIGNAL_HEX_LENGTH, SIGNAL_TYPES, type SignalType } from '../../domain/vocabulary';
import { HASH256_BYTES, parseHexInto } from '../../perceptual/hex';
import { isPerceptual, radiusFor, type PerceptualType } from '../../perceptual/match-radius';
import type { ExactType } from './hash-store';
import { hashWords, radiusFault } from './question';

export const MOST_QUESTIONS = 10_000;
const MOST_FAULTS = 100;

/** Questions of one type and radius, packed for the index. */
export interface NearQuestions {
  readonly type: PerceptualType;
  readonly radius: number;
  /** 32 bytes a question. */
  readonly hashes: Uint8Array;
  /** Position of each in the request. */
  readonly places: Uint32Array;
}

export interface EqualQuestions {
  readonly type: ExactType;
  readonly values: readonly string[];
  readonly places: readonly number[];
}

export interface BatchQuestions {
  readonly asked: number;
  readonly near: readonly NearQuestions[];
  readonly equal: readonly EqualQuestions[];
}

/**
 * Reads the body of a batch: `{type, radius?, values}` or `{queries: [{type, value, radius?}]}`. By hand, because ten
 * thousand lines through class-validator take half a second of the event loop, and here a few milliseconds.
 * @throws DomainError `request.invalid` with pointers of the first hundred faults; nothing is asked then.
 */
export function readBatch(body: unknown): BatchQuestions {
  const reader = new BatchReader();
  if (typeof body !== 'object' || body === null || Array.isArray(body)) reader.fault('', 'must be an object');
  else reader.read(body as Readonly<Record<string, unknown>>);
  return reader.done();
}

class BatchReader {
  readonly #faults: FieldFault[] = [];
  readonly #near = new Map<string, { type: PerceptualType; radius: number; values: string[]; places: number[] }>();
  readonly #equal = new Map<ExactType, { values: string[]; places: number[] }>();
  #asked = 0;
  #isUniform = false;

  fault(pointer: string, detail: string): void {
    if (this.#faults.length < MOST_FAULTS) this.#faults.push({ pointer, detail });
  }

  read(body: Readonly<Record<string, unknown>>): void {
    this.#isUniform = 'values' in body;
    const known = this.#isUniform ? ['type', 'radius', 'values'] : ['queries'];
    for (const name of Object.keys(body)) {
      if (!known.includes(name)) this.fault(`/${escapeToken(name)}`, 'is not known here');
    }
    if (this.#isUniform) this.#readValues(body);
    else this.#readQueries(body.queries);
  }

  done(): BatchQuestions {
    const near = [...this.#near.values()].map((group) => this.#pack(group));
    if (this.#faults.length > 0) throw new DomainError('request.invalid', {}, this.#faults);
    return { asked: this.#asked, near, equal: [...this.#equal].map(([type, group]) => ({ type, ...group })) };
  }

  #readValues({ type, radius, values }: Readonly<Record<string, unknown>>): void {
    const lines = this.#lines('/values', values);
    const known = this.#type('/type', type);
    if (!known) return;
    const within = this.#radius('/radius', known, radius);
    for (const [place, value] of lines.entries()) this.#add(known, within, value, place, `/values/${place}`);
  }

  #readQueries(queries: unknown): void {
    for (const [place, line] of this.#lines('/queries', queries).entries()) {
      const pointer = `/queries/${place}`;
      if (typeof line !== 'object' || line === null) {
        this.fault(pointer, 'must be an object');
        continue;
      }
      const { type, value, radius, ...rest } = line as Readonly<Record<string, unknown>>;
      for (const name in rest) this.fault(`${pointer}/${escapeToken(name)}`, 'is not known here');
      const known = this.#type(`${pointer}/type`, type);
      if (!known) continue;
      this.#add(known, this.#radius(`${pointer}/radius`, known, radius), value, place, `${pointer}/value`);
    }
  }

  #lines(pointer: string, lines: unknown): readonly unknown[] {
    const count = Array.isArray(lines) ? lines.length : 0;
    if (Array.isArray(lines) && count > 0 && count <= MOST_QUESTIONS) {
      this.#asked = count;
      return lines;
    }
    this.fault(pointer, `must be a list of 1 to ${MOST_QUESTIONS}`);
    return [];
  }

  #type(pointer: string, type: unknown): SignalType | undefined {
    const known = SIGNAL_TYPES.find((each) => each === type);
    if (!known) this.fault(pointer, `must be one of ${SIGNAL_TYPES.join(', ')}`);
    return known;
  }

  #radius(pointer: string, type: SignalType, radius: unknown): number {
    if (radius === undefined) return radiusFor(type);
    const fault = radiusFault(type, radius);
    if (fault === undefined) return Number(radius);
    this.fault(pointer, fault);
    return 0;
  }

  #add(type: SignalType, radius: number, value: unknown, place: number, pointer: string): void {
    if (typeof value !== 'string' || value.length !== SIGNAL_HEX_LENGTH[type]) {
      this.fault(pointer, hashWords(type));
      return;
    }
    if (isPerceptual(type)) {
      const name = `${type}.${radius}`;
      let group = this.#near.get(name);
      if (!group) this.#near.set(name, (group = { type, radius, values: [], places: [] }));
      group.values.push(value);
      group.places.push(place);
      return;
    }
    if (!isSignalHash(type, value)) this.fault(pointer, hashWords(type));
    let group = this.#equal.get(type);
    if (!group) this.#equal.set(type, (group = { values: [], places: [] }));
    group.values.push(value);
    group.places.push(place);
  }

  #pack({
    type,
    radius,
    values,
    places,
  }: {
    type: PerceptualType;
    radius: number;
    values: string[];
    places: number[];
  }): NearQuestions {
    const hashes = new Uint8Array(values.length * HASH256_BYTES);
    for (const [at, value] of values.entries()) {
      if (parseHexInto(value, hashes, at * HASH256_BYTES)) continue;
      this.fault(this.#pointerTo(places[at] ?? 0), hashWords(type));
    }
    return { type, radius, hashes, places: Uint32Array.from(places) };
  }

  /** Where a value of this body stands. */
  #pointerTo(place: number): string {
    return this.#isUniform ? `/values/${place}` : `/queries/${place}/value`;
  }
}
