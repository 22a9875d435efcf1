import { doesNotMatch, match } from "node:assert/strict";
import { NATIVE, testWith } from "@/testing.ts";

testWith(
  NATIVE,
  "usesOf() keeps a model to research if what it has learned from is for that",
  async () => {
    const { usesOf } = await import("./ship.ts"), { findSpec } = await import("@/model/zoo.ts");
    const { cardStart } = await import("@/model/published_weights.ts");
    const uses = (layout: "utkface" | "labels.csv", model: string) => {
      const spec = findSpec(model), start = spec.start ? cardStart(spec.start) : null;
      return usesOf({ name: "own", layout }, { spec, start }).join(" ");
    };
    match(uses("utkface", "better"), /in non-commercial research/);
    match(uses("labels.csv", "better-student"), /in non-commercial research/);
    match(uses("labels.csv", "published"), /in non-commercial research/);
    doesNotMatch(uses("labels.csv", "better"), /non-commercial/);
  },
);
