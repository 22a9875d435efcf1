/** What hangs together, directly or through others: union and find. */

/** Opens a union-find over the positions 0 to `count - 1`: joined ones find the same root. */
export function createUnion(count: number) {
  const parents = Int32Array.from({ length: count }, (_, k) => k);
  function find(item: number): number {
    while (parents[item] !== item) item = parents[item] = parents[parents[item]!]!;
    return item;
  }
  function join(one: number, other: number): void {
    parents[find(one)] = find(other);
  }
  return { find, join };
}
