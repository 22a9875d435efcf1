/** Ages such as `6,8`: decimal years, as German, French and Spanish spreadsheets write them, or a range. */

/** An age with such a comma: neither in brackets, nor with a space behind it, as people write ranges. */
const COMMA = /^([^\d([]*)(\d+),(\d+)([^\d)\]]*)$/;

/**
 * Learns what the commas in a column of ages mean: decimal years if one digit stands behind each, or if semicolons or
 * tabs separate the cells and not all ages can be ranges.
 *
 * @returns a function that writes an age with a point in place of such a comma; it throws where an age can be both
 */
export function readCommas(ages: readonly string[], separator: string): (age: string) => string {
  const found = ages.map((age) => age.trim().match(COMMA)).filter((match) => match !== null);
  const areRanges = found.every(([, , from, to]) => Number(from) <= Number(to));
  const isDecimal = found.every(([, , , digits]) => digits!.length === 1) ||
    separator !== "," && !areRanges;
  return (age) => {
    const [, before, from, to, after] = age.match(COMMA) ?? [];
    if (from === undefined) return age;
    if (isDecimal) return `${before}${from}.${to}${after}`;
    throw new RangeError(
      `Cannot read the age "${age}": it is ${from}.${to} years, or ${from} to ${to}, and the column does not show ` +
        `which. Write ${from}.${to} or (${from}, ${to})`,
    );
  };
}
