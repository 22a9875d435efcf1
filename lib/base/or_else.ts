/** Returns what a function returns, or something else if it throws. */
export function orElse<T, Else>(read: () => T, otherwise: Else): T | Else {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
