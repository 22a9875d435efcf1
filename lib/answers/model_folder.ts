/**
 * The folders of the models that ship, and their cards. Nothing here loads TensorFlow, which takes half a second.
 *
 * @module
 */
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ROOT } from "@/base/root.ts";
import { UnknownModel } from "@/answers/unknown_model.ts";
import { MODEL_FILES, type ModelCard, parseCard } from "@/model/model_card.ts";

/** The folder of the models that ship. */
export const MODELS = join(ROOT, "data", "models");

/**
 * Names of the models that ship.
 *
 * @example One of them
 * ```ts
 * import { modelNames } from "@/answers/model_folder.ts";
 * import { ok } from "node:assert/strict";
 *
 * ok(modelNames().includes("age-groups-1"));
 * ```
 */
export function modelNames(models = MODELS): string[] {
  if (!existsSync(models)) return [];
  return readdirSync(models)
    .filter((name) => existsSync(join(models, name, MODEL_FILES.card))).sort();
}

/**
 * Finds the folder of a name: a model's comes before another folder of that name.
 *
 * @throws {UnknownModel} if there is neither, naming the models that ship
 */
export function modelFolder(nameOrFolder: string): string {
  const shipped = join(MODELS, nameOrFolder);
  if (modelNames().includes(nameOrFolder)) return shipped;
  if (existsSync(nameOrFolder)) return resolve(nameOrFolder);
  throw new UnknownModel(
    `There is no model or folder "${nameOrFolder}". The models that ship: ` +
      `${modelNames().join(", ") || "none"}; or name the folder of a run`,
  );
}

/**
 * Reads the card of a model that ships, or of the model in a folder; null for a run, which has none.
 *
 * @throws {UnknownModel} if there is neither, naming the models that ship
 *
 * @example The side of its photos
 * ```ts
 * import { readCard } from "@/answers/model_folder.ts";
 * import { equal } from "node:assert/strict";
 *
 * const card = await readCard("age-groups-1");
 * equal(card?.input.side, 96);
 * ```
 */
export async function readCard(nameOrFolder: string): Promise<ModelCard | null> {
  const path = join(modelFolder(nameOrFolder), MODEL_FILES.card);
  return existsSync(path) ? parseCard(await readFile(path, "utf8"), path) : null;
}
