/** Predictions on onnxruntime, from the bytes of a model's file: the same in Deno, Node.js and browsers. */
import { toRange } from "@/base/pixels.ts";
import type { Predictor } from "@/answers/prediction.ts";
import type { ModelCard } from "@/model/model_card.ts";
import { type EngineOptions, openOnnx } from "@/native/onnx.ts";

export interface OpenPredictor extends Predictor {
  close(): void;
}

interface OnnxPredictor extends OpenPredictor {
  /** Computes an output of the network for squares, bytes of `[photos, side, side, 3]`. */
  run(squares: Uint8Array, output: string): Promise<Float32Array>;
}

/** Opens a model by the bytes of its file, and its card. */
export async function openPredictor(
  bytes: Uint8Array,
  card: ModelCard,
  options: EngineOptions = {},
): Promise<OnnxPredictor> {
  const session = await openOnnx(bytes, options);
  const { input: { side, range: [black, full] }, output: { kind }, answer } = card;
  const shape = [1, side, side, 3], size = 3 * side ** 2;
  const run = async (squares: Uint8Array, output: string) => {
    const rows: Float32Array[] = [];
    // one at a time: little memory, and the same bits beside any others
    for (let from = 0; from < squares.length; from += size) {
      const values = toRange(squares.subarray(from, from + size), 255 / (full - black), -black);
      rows.push((await session.run(values, shape, [output]))[0]!);
    }
    const joined = new Float32Array(rows.length * (rows[0]?.length ?? 0));
    rows.forEach((row, k) => joined.set(row, k * row.length));
    return joined;
  };
  return {
    card,
    run,
    async outputs(squares) {
      const plain = await run(squares, kind);
      if (!answer.mirrorAverage) return plain;
      const mirrored = await run(mirror(squares, side), kind);
      return plain.map((value, k) => (value + mirrored[k]!) / 2);
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
