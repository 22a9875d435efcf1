/** Models that answer with groups of one's own. The same in Deno, Node.js and browsers. */
import type { OwnGroups } from "@/metrics/own_groups.ts";
import { measureOwnGroups, parseGroups, unpackYears } from "@/metrics/own_groups.ts";
import { MODEL_FILES, type ModelCard } from "@/model/model_card.ts";

/**
 * Changes the groups that a model answers with, and measures how well it tells them.
 *
 * @param groups such as `0-12,13-17,18-39,40+`; nothing is changed if there are none
 * @param readYears reads the years of its test part, the file of that name in the model's folder
 * @throws {RangeError} if the groups cannot be used, or are too small to be measured
 * @throws {Error} if the model has no years
 */
export async function withOwnGroups(
  card: ModelCard,
  groups: string | null | undefined,
  readYears: (file: string) => Promise<Uint8Array>,
): Promise<{ card: ModelCard; measured: OwnGroups | null }> {
  if (groups === null || groups === undefined) return { card, measured: null };
  const classes = parseGroups(groups);
  const bytes = await readYears(MODEL_FILES.years).catch((cause) => {
    throw new Error(
      `${card.name} cannot answer with other groups: it has no ${MODEL_FILES.years}, the years of its test part`,
      { cause },
    );
  });
  const measured = measureOwnGroups(unpackYears(bytes), classes);
  const plain = { groupWeights: classes.map(() => 1), temperature: 1, sets: null };
  return { card: { ...card, classes, answer: { ...card.answer, ...plain } }, measured };
}
