/** Models that ship, on onnxruntime: no TensorFlow is loaded. */
import { readFile } from "node:fs/promises";
import type { Pixels } from "@/base/pixels.ts";
import type { Grid } from "@/answers/grad_cam.ts";
import { type OpenPredictor, openPredictor } from "@/answers/onnx_predictor.ts";
import { CLASSES, type ModelCard } from "@/model/model_card.ts";
import type { EngineOptions } from "@/native/onnx.ts";

/** A model that is open for predictions, and for maps of where it looks. */
export interface MappedModel extends OpenPredictor {
  /** Computes Grad-CAM's map of a group on a square. */
  map(square: Pixels, group: number): Promise<GroupMap>;
}

export interface GroupMap {
  /** `height * width` values, the greatest of them 1. */
  values: Float32Array;
  height: number;
  width: number;
  grid: Grid;
}

/** Opens a model that ships, by its file for onnxruntime and its card. */
export async function openOnnxModel(
  path: string,
  card: ModelCard,
  options: EngineOptions = {},
): Promise<MappedModel> {
  const bytes = await readFile(path);
  const { run, ...predictor } = await openPredictor(bytes, card, options);
  let grid: Promise<Grid> | undefined;
  return {
    ...predictor,
    async map({ data }, group) {
      const maps = await run(data, "maps");
      const cells = maps.length / CLASSES.length, length = Math.sqrt(cells);
      const values = maps.slice(group * cells, (group + 1) * cells), most = Math.max(...values);
      return {
        values: most > 0 ? values.map((value) => value / most) : values,
        ...{ height: length, width: length, grid: await (grid ??= readGrid(bytes)) },
      };
    },
  };
}

/** Reads where the cells of maps lie; the format is loaded for maps alone. */
async function readGrid(bytes: Uint8Array): Promise<Grid> {
  const { readMetadata } = await import("@/model/onnx/file.ts");
  return JSON.parse(readMetadata(bytes).grid!);
}
