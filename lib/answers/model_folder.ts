/** The folders of the models that ship, and their cards. Nothing here loads TensorFlow, which takes half a second. */
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ROOT } from "@/base/root.ts";
import { UnknownModel } from "@/answers/unknown_model.ts";
import { withOwnGroups } from "@/answers/own_groups.ts";
import { MODEL_FILES, type ModelCard, parseCard, requireSameNetwork } from "@/model/model_card.ts";

/** The folder of the models that ship. */
export const MODELS = join(ROOT, "data", "models");

/**
 * Names of the models that ship.
 *
 * @example One of them
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * ok(modelNames().includes("age-groups-2"));
 * ```
 */
export function modelNames(): string[] {
  if (!existsSync(MODELS)) return [];
  return readdirSync(MODELS)
    .filter((name) => existsSync(join(MODELS, name, MODEL_FILES.card))).sort();
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
      `${modelNames().join(", ") || "none"}; or name a folder that holds one`,
  );
}

/**
 * Reads the card of a model that ships, or of the model in a folder; null for a run, which has none.
 *
 * @throws {UnknownModel} if there is neither, naming the models that ship
 *
 * @example The side of its photos
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const card = await readCard("age-groups-2");
 * equal(card?.input.side, 96);
 * ```
 */
export async function readCard(nameOrFolder: string): Promise<ModelCard | null> {
  const path = join(modelFolder(nameOrFolder), MODEL_FILES.card);
  return existsSync(path) ? parseCard(await readFile(path, "utf8"), path) : null;
}

/**
 * Finds the folder of a model's network: its own, or that of the model that it was calibrated from.
 *
 * @throws {UnknownModel} if that is gone
 * @throws {Error} if that has changed
 */
export async function networkFolder(folder: string, card: ModelCard): Promise<string> {
  if (!card.calibration) return folder;
  const { base } = card.calibration;
  requireSameNetwork(card, await readCard(base));
  return modelFolder(base);
}

/** Finds the file for onnxruntime of a model, by its name or folder; null if it has none, such as a run. */
export async function onnxFile(nameOrFolder: string): Promise<string | null> {
  const folder = modelFolder(nameOrFolder), card = await readCard(nameOrFolder);
  const path = card && join(await networkFolder(folder, card), MODEL_FILES.onnx);
  return path !== null && existsSync(path) ? path : null;
}

/** Makes a model answer with groups of one's own, if some are given; see {@linkcode withOwnGroups}. */
export function withGroups(folder: string, card: ModelCard, groups: string | null | undefined) {
  return withOwnGroups(card, groups, (file) => readFile(join(folder, file)));
}
