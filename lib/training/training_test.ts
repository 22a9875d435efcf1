import { deepEqual, equal, match, notDeepEqual, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { accuracy, predictions } from "@/metrics/metrics.ts";
import { createRandom } from "@/base/random.ts";
import { outputOf, program, sendSignal, testWith, withFolder, withInterrupt } from "@/testing.ts";
import { RECIPE, RESIDUAL, SQUEEZED } from "@/model/_testing.ts";
import type { Run, RunSetting } from "@/training/checkpoint.ts";
import type { Spec } from "@/model/spec.ts";
import { TESTING } from "@/model/zoo.ts";
import { makeNoise } from "@/training/_testing.ts";

const ALL: Deno.PermissionName[] = ["read", "write", "env", "ffi", "sys", "run"];

/** Dropout and batch normalisation: the two layers whose state and chance a resumed run must keep. */
const SPEC: Spec = {
  ...TESTING,
  dropout: { conv: 0, dense: [0.5, 0.5] },
  batchNorm: { conv: "after ReLU", dense: "none" },
  horizontalFlip: true,
  epochs: 4,
};

function settingOf(spec: Spec, seed = 7): RunSetting {
  const photos = { train: 30, validation: 10, test: 0 };
  return { spec, data: "noise", side: 16, split: "photo", seed, photos };
}

/** Forty squares of noise. */
const makeForty = (folder: string) => makeNoise(folder, 16, { train: 30, validation: 10 });

/** The record of a run without its seconds. */
function told({ history, ...run }: Run) {
  return { ...run, history: history.map(({ seconds: _, ...epoch }) => epoch) };
}

async function load() {
  const { tf } = await import("@/native/tensorflow.ts");
  const modules = [
    import("@/training/training.ts"),
    import("@/training/epoch.ts"),
    import("@/training/checkpoint.ts"),
    import("@/answers/open_model.ts"),
    import("@/answers/predict_photos.ts"),
  ] as const;
  const [training, epoch, run, door, prediction] = await Promise.all(modules);
  return { tf, ...training, ...epoch, ...run, ...door, ...prediction };
}

testWith(ALL, "train() gives the same history and weights for the same seed", async () => {
  const { train, filesOf } = await load();
  await withFolder(async (folder) => {
    const data = await makeForty(folder);
    const runs = [7, 7, 8].map((seed, k) => ({ seed, path: join(folder, `run ${k}`) }));
    const results: Run[] = [];
    for (const { seed, path } of runs) results.push(await train(path, settingOf(SPEC, seed), data));
    deepEqual(told(results[0]!), told(results[1]!));
    notDeepEqual(told(results[0]!).history, told(results[2]!).history);
    const bytes = runs.map(({ path }, k) =>
      Deno.readFileSync(join(path, filesOf(results[k]!).state))
    );
    deepEqual(bytes[0], bytes[1]);
    equal(results[0]!.state, "finished");
    equal(results[0]!.history.length, 4);
  });
});

testWith(ALL, "train() goes on as if it had never stopped", async () => {
  const { train, filesOf } = await load();
  await withFolder(async (folder) => {
    const data = await makeForty(folder), setting = settingOf(SPEC);
    const whole = await train(join(folder, "whole"), setting, data);
    for (const until of [1, 3]) await train(join(folder, "parts"), setting, data, { until });
    const parts = await train(join(folder, "parts"), setting, data);
    deepEqual(told(parts), told(whole));
    const state = filesOf(whole).state;
    deepEqual(
      Deno.readFileSync(join(folder, "parts", state)),
      Deno.readFileSync(join(folder, "whole", state)),
    );
  });
});

/** Residual blocks with all that a recipe can ask for: its averages must be taken up, too. */
const BETTER: Spec = {
  ...RESIDUAL,
  residual: { ...RESIDUAL.residual!, dropout: 0.3 },
  recipe: { ...RECIPE, targets: { kind: "years", yearsWeight: 0.5 } },
  classWeights: "square root",
  epochs: 4,
};

testWith(ALL, "train() goes on with a recipe as if it had never stopped", async () => {
  const { tf, train, filesOf } = await load();
  await withFolder(async (folder) => {
    const data = await makeForty(folder), setting = settingOf(BETTER);
    const before = tf.memory().numTensors;
    const whole = await train(join(folder, "whole"), setting, data);
    for (const until of [1, 3]) await train(join(folder, "parts"), setting, data, { until });
    const parts = await train(join(folder, "parts"), setting, data);
    deepEqual(told(parts), told(whole));
    for (const file of Object.values(filesOf(whole))) {
      deepEqual(
        Deno.readFileSync(join(folder, "parts", file)),
        Deno.readFileSync(join(folder, "whole", file)),
      );
    }
    equal(tf.memory().numTensors, before);
    const other = await train(join(folder, "other"), settingOf(BETTER, 8), data);
    notDeepEqual(told(other).history, told(whole).history);
  });
});

testWith(
  ALL,
  "train() goes on with mixup as if it had never stopped, whatever the targets",
  async () => {
    const { tf, train, filesOf } = await load();
    await withFolder(async (folder) => {
      const data = await makeForty(folder), before = tf.memory().numTensors;
      for (const targets of [{ kind: "hard" }, BETTER.recipe!.targets] as const) {
        const spec = { ...BETTER, recipe: { ...BETTER.recipe!, targets, mixup: 0.5 } };
        const [at, plain] = ["parts", "plain"].map((name) =>
          join(folder, `${targets.kind} ${name}`)
        );
        const whole = await train(join(folder, targets.kind), settingOf(spec), data);
        await train(at!, settingOf(spec), data, { until: 2 });
        const parts = await train(at!, settingOf(spec), data);
        deepEqual(told(parts), told(whole));
        const { state } = filesOf(whole);
        deepEqual(
          Deno.readFileSync(join(at!, state)),
          Deno.readFileSync(join(folder, targets.kind, state)),
        );
        const without = { ...spec, recipe: { ...spec.recipe, mixup: null } };
        const unmixed = await train(plain!, settingOf(without), data);
        notDeepEqual(told(unmixed).history, told(whole).history);
      }
      equal(tf.memory().numTensors, before);
    });
  },
);

/** Requires that a run's model.json says of photos what its network says, and returns that and the network. */
async function requireStandardModel(folder: string, spec: Spec) {
  const { tf, openModel } = await load(), { predictBatch } = await import("@/training/step.ts");
  const { toGroups } = await import("@/training/loss.ts");
  const model = await tf.loadLayersModel(`file://${join(folder, "model.json")}`);
  const opened = await openModel(folder), { network } = opened;
  const photos = tf.randomUniform<import("@tensorflow/tfjs").Rank.R4>([2, 16, 16, 3]);
  const said = predictBatch(network, spec, photos), isYears = spec.recipe?.targets.kind === "years";
  const own = [...(isYears ? toGroups(said) : said).dataSync()];
  const standard = [...(model.predict(photos) as InstanceType<typeof tf.Tensor>).dataSync()];
  own.forEach((value, k) => ok(Math.abs(value - standard[k]!) < 1e-5, `${own}: ${standard}`));
  return { opened, own };
}

testWith(
  ALL,
  "train() leaves a network with squeeze-and-excitation as a standard model",
  async () => {
    const { train } = await load();
    await withFolder(async (folder) => {
      const data = await makeForty(folder), spec = { ...SQUEEZED, epochs: 2 };
      await train(folder, settingOf(spec), data);
      await requireStandardModel(folder, spec);
    });
  },
);

testWith(
  ALL,
  "train() leaves the averaged weights of a residual network as a standard model",
  async () => {
    const { train, predictGroups } = await load();
    await withFolder(async (folder) => {
      const data = await makeForty(folder);
      const spec = { ...BETTER, recipe: { ...BETTER.recipe!, mirrorAverage: false } };
      const run = await train(folder, settingOf(spec), data);
      const { opened, own } = await requireStandardModel(folder, spec);
      equal(own.length, 10);
      const shares = (await predictGroups(opened, data.validation)).flat();
      ok(shares.length === 10 * 5 && shares.every((share) => share > 0 && share < 1));
      equal(run.state, "finished");
    });
  },
);

/** A program that trains a run in a folder; what stands before it is done before TensorFlow is loaded. */
function trainingText(...asked: [folder: string, setting: RunSetting, data: unknown]): string {
  return `await import("@/native/tensorflow.ts");
const { train } = await import("@/training/training.ts");
await train(${asked.map((value) => JSON.stringify(value)).join(", ")});`;
}

testWith(ALL, "train() reaches the same history when it is killed at any moment", async () => {
  const { train } = await load();
  await withFolder(async (folder) => {
    const data = await makeForty(folder), setting = settingOf({ ...SPEC, epochs: 12 });
    const whole = await train(join(folder, "whole"), setting, data);
    const path = join(folder, "killed"), random = createRandom(Date.now(), "moments");
    const text = trainingText(path, setting, data);
    for (let kills = 0; kills < 5; kills++) {
      const child = program(text, folder).spawn();
      const timer = setTimeout(() => sendSignal(child, "SIGKILL"), 300 + 900 * random());
      await child.output();
      clearTimeout(timer);
    }
    deepEqual(told(await train(path, setting, data)), told(whole));
  });
});

testWith(
  ALL,
  "train() goes on where it was interrupted, and leaves neither lock nor tensor",
  async () => {
    const { tf, train } = await load();
    await withFolder(async (folder) => {
      const data = await makeForty(folder), setting = settingOf(BETTER), path = join(folder, "run");
      const whole = await train(join(folder, "whole"), setting, data);
      const before = tf.memory().numTensors;
      for (const epochs of [1, 3]) {
        await withInterrupt(async (interrupt) => {
          const onEpoch = ({ history }: Run) => void (history.length === epochs && interrupt());
          await rejects(train(path, setting, data, { onEpoch }), { name: "Interrupted" });
        });
        equal(tf.memory().numTensors, before);
      }
      deepEqual(told(await train(path, setting, data)), told(whole));
    });
  },
);

testWith(
  ALL,
  "train() trains without AVX2 too, and notes that the bytes are this machine's",
  async () => {
    const { readRun } = await load();
    await withFolder(async (folder) => {
      const data = await makeForty(folder), setting = settingOf(BETTER), path = join(folder, "run");
      const text = `Deno.env.set("HUMAN_AGE_VECTORS", "none");`;
      const child = program(text + trainingText(path, setting, data), folder);
      const { success, text: said } = await outputOf(child);
      ok(success, said);
      const { arithmetic, history, state } = await readRun(path);
      deepEqual([arithmetic, history.length, state], ["native", BETTER.epochs, "finished"]);
    });
  },
);

testWith(ALL, "train() ends a run only when its standard model is written", async () => {
  const { readRun, train } = await load();
  await withFolder(async (folder) => {
    const data = await makeForty(folder), model = join(folder, "model.json");
    await Deno.mkdir(model); // as a full disk, it cannot be written
    await rejects(train(folder, settingOf(SPEC), data), /Cannot write .*model\.json/);
    equal((await readRun(folder)).state, "training");
    await Deno.remove(model);
    equal((await train(folder, settingOf(SPEC), data)).state, "finished");
    ok((await Deno.stat(model)).isFile);
  });
});

testWith(ALL, "train() leaves a run to the process that has it", async () => {
  const { train } = await load();
  const { withLock } = await import("@/base/files.ts");
  await withFolder(async (folder) => {
    const data = await makeForty(folder), path = join(folder, "run");
    const text = trainingText(path, settingOf(SPEC), data);
    await withLock(join(path, "lock"), "training it", async () => {
      const { success, text: said } = await outputOf(program(text, folder));
      equal(success, false);
      match(said, new RegExp(`Process ${Deno.pid} is already training it`));
    });
    equal((await train(path, settingOf(SPEC), data)).state, "finished");
  });
});

testWith(ALL, "train() ends a run whose loss is no number any more", async () => {
  const { train, readRun } = await load();
  await withFolder(async (folder) => {
    const data = await makeForty(folder);
    const spec = { ...TESTING, learningRate: 1e30, epochs: 5 };
    const run = await train(folder, settingOf(spec), data);
    equal(run.state, "diverged");
    ok(run.history.length < 5);
    deepEqual(await readRun(folder), run);
    deepEqual(await train(folder, settingOf(spec), data), run, "it is not tried again");
  });
});

testWith(ALL, "train() ends a run whose last step breaks the weights", async () => {
  const { train } = await load();
  await withFolder(async (folder) => {
    const spec = { ...SPEC, learningRate: 1e38, batchSize: 30 }, data = await makeForty(folder);
    const { state, history } = await train(join(folder, "run"), settingOf(spec), data);
    deepEqual([state, history], ["diverged", []]);
  });
});

testWith(ALL, "train() stops when the validation loss has not fallen for long", async () => {
  const { train } = await load();
  await withFolder(async (folder) => {
    const data = await makeForty(folder);
    const spec = { ...TESTING, learningRate: 0, epochs: 50, patience: 3 };
    const { state, history, bestEpoch } = await train(folder, settingOf(spec), data);
    deepEqual({ state, epochs: history.length, bestEpoch }, {
      state: "finished",
      epochs: 4,
      bestEpoch: 1,
    });
  });
});

testWith(ALL, "train() refuses a folder with a run of another setting, and leaves it", async () => {
  const { train, readRun } = await load();
  await withFolder(async (folder) => {
    const data = await makeForty(folder);
    const run = await train(folder, settingOf(SPEC), data, { until: 1 });
    const other = settingOf({ ...SPEC, learningRate: 0.5 });
    await rejects(train(folder, other, data), /spec\.learningRate was 0\.001, is 0\.5/);
    deepEqual(await readRun(folder), run);
  });
});

testWith(ALL, "train() refuses a run of a model that has lost a part since", async () => {
  const { train } = await load();
  await withFolder(async (folder) => {
    const data = await makeForty(folder), recipe = { ...RECIPE, mixup: 0.2 };
    const { mixup: _, ...less } = recipe;
    await train(folder, settingOf({ ...SPEC, recipe }), data, { until: 1 });
    const without = (recipe?: Spec["recipe"]) =>
      train(folder, settingOf({ ...SPEC, recipe }), data);
    await rejects(without(less), /spec\.recipe\.mixup was 0\.2, is null/);
    await rejects(without(), /spec\.recipe\.weightDecay was /);
  });
});

testWith(
  ALL,
  "train() names another setting rather than the photos that changed with it",
  async () => {
    const { train } = await load();
    await withFolder(async (folder) => {
      const data = await makeForty(folder),
        run = join(folder, "run"),
        spec = { ...SPEC, epochs: 1 };
      const of = (share: number, fingerprint: string) => (
        { ...settingOf(spec), shares: { train: share, validation: 0.15 }, fingerprint }
      );
      await train(run, of(0.7, "a"), data);
      await rejects(train(run, of(0.703, "b"), data), /shares\.train was 0\.7, is 0\.703/);
      await rejects(train(run, of(0.7, "b"), data), /other photos or labels/);
    });
  },
);

testWith(ALL, "train() refuses to resume a run of another arithmetic, and says how", async () => {
  const { train } = await load();
  await withFolder(async (folder) => {
    const data = await makeForty(folder), setting = settingOf(SPEC);
    const { arithmetic } = await train(folder, setting, data, { until: 1 });
    const other = arithmetic === "pinned" ? undefined : "pinned", path = join(folder, "run.json");
    const run = JSON.parse(await Deno.readTextFile(path));
    await Deno.writeTextFile(path, JSON.stringify({ ...run, arithmetic: other }));
    const expected = /begun with native arithmetic.* `--arithmetic native`/;
    await rejects(train(folder, setting, data), other ? /begun with pinned arithmetic/ : expected);
    await Deno.writeTextFile(path, JSON.stringify(run));
    equal((await train(folder, setting, data)).state, "finished");
  });
});

testWith(ALL, "train() goes on with a run whose record still says `mirror`", async () => {
  const { train, readRun } = await load();
  await withFolder(async (folder) => {
    const data = await makeForty(folder), path = join(folder, "run.json");
    const run = await train(folder, settingOf(SPEC), data, { until: 1 });
    const { horizontalFlip: mirror, ...spec } = SPEC;
    await Deno.writeTextFile(path, JSON.stringify({ ...run, spec: { ...spec, mirror } }));
    equal((await readRun(folder)).spec.horizontalFlip, true);
    equal((await train(folder, settingOf(SPEC), data, { until: 2 })).history.length, 2);
  });
});

testWith(ALL, "train() goes on with a run whose model was described in other words", async () => {
  const { train } = await load();
  await withFolder(async (folder) => {
    const data = await makeForty(folder), said = { ...SPEC, question: "Does it learn?" };
    await train(folder, settingOf(SPEC), data, { until: 1 });
    equal((await train(folder, settingOf(said), data, { until: 2 })).history.length, 2);
  });
});

testWith(
  ALL,
  "train() tells each epoch once, then the whole run, also when it was over",
  async () => {
    const { train } = await load();
    await withFolder(async (folder) => {
      const data = await makeForty(folder), setting = settingOf(SPEC);
      const told = async (until?: number) => {
        const calls: [epochs: number, last: boolean][] = [];
        const onEpoch = ({ history }: Run, last: boolean) =>
          void calls.push([history.length, last]);
        await train(folder, setting, data, { until, onEpoch });
        return calls;
      };
      deepEqual(await told(2), [[1, false], [2, true]]);
      deepEqual(await told(), [[3, false], [4, true]]);
      deepEqual(await told(), [[4, true]]);
    });
  },
);

testWith(ALL, "train() writes a line an epoch into a log", async () => {
  await withFolder(async (folder) => {
    const data = await makeForty(folder), path = join(folder, "run");
    const child = program(trainingText(path, settingOf(SPEC), data), folder);
    const { text: log } = await outputOf(child);
    const lines = log.trim().split("\n").filter((line) => !/native arithmetic/.test(line));
    equal(lines.length, 5, log); // and one where the bytes are this machine's
    match(lines[0]!, /^testing, epoch 1 of at most 4: loss [\d.]+, [\d.]+%; validation [\d.]+, /);
    match(lines[4]!, /^Model testing: finished after 4 epochs$/);
  });
});

testWith(ALL, "train() names the squares that are not there", async () => {
  const { train } = await load();
  await withFolder(async (folder) => {
    const data = await makeForty(folder);
    await Deno.remove(join(folder, "squares.npy"));
    await rejects(train(join(folder, "run"), settingOf(SPEC), data), /squares\.npy/);
  });
});

testWith(ALL, "train() leaves a standard model of the best epoch, and no tensor", async () => {
  const { tf, train, openModel, predictGroups } = await load();
  await withFolder(async (folder) => {
    const data = await makeForty(folder);
    const before = tf.memory().numTensors;
    await train(folder, settingOf(SPEC), data);
    equal(tf.memory().numTensors, before);
    const model = await tf.loadLayersModel(`file://${join(folder, "model.json")}`);
    const opened = await openModel(folder), { network } = opened, run = opened.run!;
    const photos = tf.randomUniform([2, 16, 16, 3], 0, 1, "float32", 7);
    const answers = [model, network].map((
      each,
    ) => [...(each.predict(photos) as InstanceType<typeof tf.Tensor>).dataSync()]);
    deepEqual(answers[0], answers[1]);
    const answer = predictions(await predictGroups(opened, data.validation));
    equal(accuracy(data.validation.groups, answer), run.history[run.bestEpoch - 1]!.valAccuracy);
  });
});

testWith(ALL, "lossWeights() are none, in full, or the roots of that", async () => {
  const { lossWeights } = await load();
  const of = (classWeights: Spec["classWeights"]) =>
    lossWeights({ ...TESTING, classWeights }, [0, 0, 0, 0, 1, 2, 3, 4]);
  deepEqual(of(false), [1, 1, 1, 1, 1]);
  deepEqual(of(true), [1, 4, 4, 4, 4]);
  deepEqual(of("square root"), [1, 2, 2, 2, 2]);
});

testWith(ALL, "classWeights() are the largest group through each group", async () => {
  const { classWeights } = await load();
  deepEqual(classWeights([0, 0, 0, 0, 1, 1, 2]), [1, 2, 4, 1, 1]);
});
