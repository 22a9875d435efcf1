/** What hangs together, directly or through others: union and find. */

/** Opens a union-find: joined items find the same root. */
export function createUnion<T>() {
  const parents = new Map<T, T>();
  function find(item: T): T {
    let root = item;
    for (let up = parents.get(root); up !== undefined; up = parents.get(root)) root = up;
    if (root !== item) parents.set(item, root); // shortens the way for the next
    return root;
  }
  function join(one: T, other: T): void {
    const root = find(one), otherRoot = find(other);
    if (root !== otherRoot) parents.set(root, otherRoot);
  }
  return { find, join };
}
