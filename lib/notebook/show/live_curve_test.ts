import { deepEqual, equal, match } from "node:assert/strict";
import { shown, testWith } from "@/testing.ts";

const HISTORY = [0.3, 0.4].map((accuracy, k) => (
  { epoch: k + 1, loss: 1, accuracy, valLoss: 1, valAccuracy: accuracy, seconds: 1 }
));

testWith(
  ["env", "read"],
  "liveCurve() draws each epoch in the place of the one before",
  async () => {
    const { liveCurve } = await import("@/notebook/show/notebook.ts");
    const messages = await shown(async () => {
      const draw = liveCurve();
      await draw({ history: HISTORY.slice(0, 1) }, false);
      await draw({ history: HISTORY }, true);
    });
    deepEqual(messages.map(({ type }) => type), ["display_data", "update_display_data"]);
    equal(new Set(messages.map(({ transient }) => transient.display_id)).size, 1);
    deepEqual(messages.map(({ transient }) => transient.receipt !== undefined), [false, true]);
    for (const { data } of messages) match(data["text/html"]!, /data:image\/svg\+xml/);
  },
);

testWith(
  ["env", "read"],
  "liveCurve() leaves the same of a run that was finished before",
  async () => {
    const { liveCurve } = await import("@/notebook/show/notebook.ts");
    const whole = await shown(async () => {
      const draw = liveCurve();
      for (const epochs of [1, 2]) await draw({ history: HISTORY.slice(0, epochs) }, epochs === 2);
    });
    const again = await shown(async () => await liveCurve()({ history: HISTORY }, true));
    deepEqual(again.at(-1)!.data, whole.at(-1)!.data);
  },
);
