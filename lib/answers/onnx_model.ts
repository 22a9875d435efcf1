/**
 * Models that ship, on onnxruntime: no TensorFlow is loaded.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Pixels, toRange } from "@/base/pixels.ts";
import type { Grid } from "@/answers/grad_cam.ts";
import type { Predictor } from "@/answers/prediction.ts";
import { MODEL_FILES, type ModelCard } from "@/model/model_card.ts";
import { type EngineOptions, openOnnx } from "@/native/onnx.ts";

/** A model that is open for predictions, and for maps of where it looks. */
export interface MappedModel extends Predictor {
  /** Computes Grad-CAM's map of a group on a square. */
  map(square: Pixels, group: number): Promise<GroupMap>;
  /** Frees its memory. */
  close(): void;
}

/** A map over a square. */
export interface GroupMap {
  /** `height * width` values, the greatest of them 1. */
  values: Float32Array;
  height: number;
  width: number;
  grid: Grid;
}

/** Tells whether a model's folder has a file for onnxruntime. */
export function hasOnnx(folder: string): boolean {
  return existsSync(join(folder, MODEL_FILES.onnx));
}

/** Opens a model that ships, by its folder and card. */
export async function openOnnxModel(
  folder: string,
  card: ModelCard,
  options: EngineOptions = {},
): Promise<MappedModel> {
  const bytes = await Deno.readFile(join(folder, MODEL_FILES.onnx));
  const session = await openOnnx(bytes, options);
  const { input: { side, range: [black, full] }, output: { kind }, answer } = card;
  const run = (squares: Uint8Array, output: string) => {
    const values = toRange(squares, 255 / (full - black), -black);
    return session.run(values, [squares.length / (3 * side ** 2), side, side, 3], [output]);
  };
  return {
    card,
    async outputs(squares) {
      const [plain] = await run(squares, kind);
      if (!answer.mirrorAverage) return plain!;
      const [mirrored] = await run(mirror(squares, side), kind);
      return plain!.map((value, k) => (value + mirrored![k]!) / 2);
    },
    async map({ data }, group) {
      const [maps] = await run(data, "maps");
      const cells = maps!.length / card.classes.length, length = Math.sqrt(cells);
      const { readMetadata } = await import("@/model/onnx/file.ts");
      const values = maps!.slice(group * cells, (group + 1) * cells), most = Math.max(...values);
      return {
        values: most > 0 ? values.map((value) => value / most) : values,
        ...{ height: length, width: length, grid: JSON.parse(readMetadata(bytes).grid!) },
      };
    },
    close: () => void session.close(),
  };
}

/** Mirrors squares, `[photos, side, side, 3]`, left to right. */
function mirror(squares: Uint8Array, side: number): Uint8Array {
  const mirrored = new Uint8Array(squares.length), row = 3 * side;
  for (let from = 0; from < squares.length; from += row) {
    for (let column = 0; column < side; column++) {
      const at = from + 3 * column, to = from + row - 3 - 3 * column;
      mirrored[to] = squares[at]!;
      mirrored[to + 1] = squares[at + 1]!;
      mirrored[to + 2] = squares[at + 2]!;
    }
  }
  return mirrored;
}
