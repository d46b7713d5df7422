/** What waits, with one turn for each owner in a round: nobody waits behind all that somebody else has lined up. */
export class FairQueue<T> {
  /** In the order of their turns. */
  readonly #byOwner = new Map<string, T[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(owner: string, item: T): void {
    const own = this.#byOwner.get(owner);
    if (own) own.push(item);
    else this.#byOwner.set(owner, [item]);
    this.#size += 1;
  }

  shift(): T | undefined {
    for (const [owner, [item, ...rest]] of this.#byOwner) {
      this.#byOwner.delete(owner);
      if (rest.length > 0) this.#byOwner.set(owner, rest);
      this.#size -= 1;
      return item;
    }
    return undefined;
  }

  /** Whether it was still waiting. */
  remove(owner: string, item: T): boolean {
    const own = this.#byOwner.get(owner) ?? [];
    const at = own.indexOf(item);
    if (at < 0) return false;
    own.splice(at, 1);
    if (own.length === 0) this.#byOwner.delete(owner);
    this.#size -= 1;
    return true;
  }
}
