/** The colour and the symbol of each technique, the same in every figure whatever models are in it. */
import { COLOR, HUE } from "@/figures/shared/style.ts";
import type { Technique } from "@/model/spec.ts";

export interface Sign {
  color: string;
  /** One of Plot's symbols. */
  symbol: string;
}

/** All techniques; what acts on the photos, not on the network, is grey. */
export const TECHNIQUES: Record<Technique, Sign> = {
  "none": { color: COLOR.ink, symbol: "circle" },
  "dropout": { color: HUE.blue, symbol: "square" },
  "max-norm": { color: HUE.orange, symbol: "triangle" },
  "max-norm + dropout": { color: HUE.vermilion, symbol: "diamond" },
  "batch normalisation": { color: HUE.green, symbol: "cross" },
  "batch normalisation + dropout": { color: HUE.sky, symbol: "star" },
  "L2": { color: HUE.purple, symbol: "wye" },
  "global average pooling": { color: HUE.wine, symbol: "hexagon" },
  "mirrored photos": { color: COLOR.frame, symbol: "square" },
  "no class weights": { color: COLOR.frame, symbol: "diamond" },
};
