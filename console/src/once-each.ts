/** Each entry once, as it was last: the same may be read in two states when it moves between two requests. */
export function onceEach<T extends { readonly id: string; readonly version: number }>(
  read: readonly T[],
): readonly T[] {
  const last = new Map<string, T>();
  for (const entry of read) {
    const known = last.get(entry.id);
    if (!known || known.version <= entry.version) last.set(entry.id, entry);
  }
  return [...last.values()];
}
