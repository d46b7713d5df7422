// Sets of hashes to measure with: the same in every run, made as fast as they are written.

/** xoshiro128** of a seed: 32 bits a call. */
export function randomWords(seed) {
  const s = Uint32Array.from([seed, seed ^ 0x9e3779b9, seed ^ 0x7f4a7c15, 0x12345678]);
  const next = () => {
    const product = Math.imul(s[1], 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  };
  for (let k = 0; k < 20; k += 1) next();
  return next;
}

export const HASH_BYTES = 32;
export const hashAt = (hashes, at) => hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);

export function flip(hash, bits, next) {
  for (let k = 0; k < bits; k += 1) {
    const bit = next() % 256;
    hash[bit >> 3] ^= 1 << (bit & 7);
  }
}

export function uniformSet(count, seed = 1) {
  const next = randomWords(seed);
  return new Uint8Array(Uint32Array.from({ length: count * 8 }, next).buffer);
}

/**
 * As PDQ of real pictures: one in twenty is a near copy of an earlier one, and each eighth bit leans towards its
 * neighbour (correlation 0.25), which gives the mean squared correlation of 0.0001 that was found on photographs.
 */
export function picturesSet(count, seed = 2) {
  const next = randomWords(seed);
  const words = new Uint32Array(count * 8);
  const bytes = new Uint8Array(words.buffer);
  for (let at = 0; at < count; at += 1) {
    if (at > 0 && next() % 20 === 0) {
      const like = next() % at;
      bytes.copyWithin(at * HASH_BYTES, like * HASH_BYTES, (like + 1) * HASH_BYTES);
      flip(hashAt(bytes, at), next() % 24, next);
    } else {
      for (let word = 0; word < 8; word += 1) {
        const fresh = next();
        const leaning = 0x11111111 & next() & next();
        words[at * 8 + word] = (fresh & ~leaning) | ((fresh >>> 1) & leaning);
      }
    }
  }
  return bytes;
}

/** Half of them within 31 bits of some entry, half of nobody's. */
export function questions(hashes, count, seed = 3) {
  const next = randomWords(seed);
  const entries = hashes.length / HASH_BYTES;
  const asked = new Uint8Array(Uint32Array.from({ length: count * 8 }, next).buffer);
  for (let at = 0; at < count; at += 2) {
    const hash = hashAt(asked, at);
    hash.set(hashAt(hashes, next() % entries));
    flip(hash, next() % 32, next);
  }
  return asked;
}
