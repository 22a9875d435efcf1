import { deepEqual, equal } from "node:assert/strict";
import type * as tfjs from "@tensorflow/tfjs";
import { EVERYTHING, SMALL } from "@/model/_testing.ts";
import type { Attributes } from "@/native/raw_op.ts";
import { testOps } from "@/native/_testing.ts";

async function load() {
  const { tf } = await import("@/native/tensorflow.ts");
  return {
    tf,
    ...await import("@/native/adamw.ts"),
    ...await import("@/model/network.ts"),
    ...await import("@/native/raw_op.ts"),
    ...await import("@/training/adam.ts"),
    ...await import("@/training/weight_average.ts"),
  };
}

/** TensorFlow's own ops, which change variables in place. */
async function loadReference() {
  const { tf, rawOp, rawOps, T } = await load();
  const DTYPE: Attributes = { dtype: T.T! };
  const APPLY: Attributes = { ...T, use_locking: ["BOOL", false] };
  const apply = (op: string, inputs: tfjs.Tensor[], attributes: Attributes) => (
    void rawOps(op, inputs, attributes, 0)
  );
  const openVariable = (value: tfjs.Tensor) => {
    const handle = tf.keep(rawOp("VarHandleOp", [], {
      ...{ ...DTYPE, container: ["STRING", ""], shape: ["SHAPE", value.shape] },
      shared_name: ["STRING", crypto.randomUUID()],
    }));
    rawOps("AssignVariableOp", [handle, value], DTYPE, 0);
    return handle;
  };
  return {
    openVariable,
    readVariable: (handle: tfjs.Tensor) => rawOp("ReadVariableOp", [handle], DTYPE),
    closeVariable(handle: tfjs.Tensor) {
      rawOps("DestroyResourceOp", [handle], { ignore_lookup_error: ["BOOL", true] }, 0);
      handle.dispose();
    },
    applyDecay: (handle: tfjs.Tensor, value: tfjs.Tensor, share: number) => (
      apply("ResourceApplyGradientDescent", [handle, tf.scalar(share), value], APPLY)
    ),
    applyAdam: (inputs: tfjs.Tensor[]) => (
      apply("ResourceApplyAdam", inputs, { ...APPLY, use_nesterov: ["BOOL", false] })
    ),
  };
}

const numbersOf = (tensors: readonly tfjs.Tensor[]) => tensors.map((t) => [...t.dataSync()]);

/** Adam as TensorFlow's own ops take its steps, a weight at a time. */
async function loadReferenceAdam() {
  const { tf } = await load(), ops = await loadReference();
  return class extends tf.Optimizer {
    #slots = new Map<string, tfjs.Tensor[]>();
    #powers = [0.9, 0.999].map(Math.fround);

    override applyGradients(gradients: tfjs.NamedTensorMap): void {
      const settings = [...this.#powers, 0.01, 0.9, 0.999, 1e-7].map((x) => tf.scalar(x));
      for (const [name, gradient] of Object.entries(gradients)) {
        tf.tidy(() => {
          const value = tf.engine().registeredVariables[name]!, zeros = tf.zerosLike(value);
          const slot = this.#slots.get(name) ?? [value, zeros, zeros].map(ops.openVariable);
          this.#slots.set(name, slot);
          if (value.rank >= 2) ops.applyDecay(slot[0]!, value, 0.01 * 0.02);
          ops.applyAdam([...slot, ...settings, gradient]);
          value.assign(ops.readVariable(slot[0]!) as tfjs.Variable);
        });
      }
      tf.dispose(settings);
      this.#powers = [0.9, 0.999].map((beta, k) =>
        Math.fround(this.#powers[k]! * Math.fround(beta))
      );
    }

    get state(): tfjs.Tensor[] {
      const moments = [1, 2].flatMap((k) => [...this.#slots.values()].map((slot) => slot[k]!));
      return [...moments.map(ops.readVariable), ...this.#powers.map((power) => tf.scalar(power))];
    }

    override getConfig() {
      return {};
    }

    override dispose(): void {
      [...this.#slots.values()].flat().forEach(ops.closeVariable);
      super.dispose();
    }
  };
}

/** Trains a network for some steps with made gradients: its weights, averages, and the optimizer's state. */
async function trained(
  { isReference = false, steps = 4, resumedAt = -1 } = {},
): Promise<number[][]> {
  const { tf, buildNetwork, disposeNetwork, Adam, WeightAverage } = await load();
  const Reference = await loadReferenceAdam();
  const before = tf.memory();
  const network = buildNetwork(EVERYTHING, SMALL);
  let average = new WeightAverage(network, 0.9);
  const open = () => isReference ? new Reference() : new Adam(0.01, { weightDecay: 0.02, average });
  let optimizer = open();
  for (let step = 0; step < steps; step++) {
    if (step === resumedAt) {
      const kept = { state: optimizer.state, averages: average.state.map((t) => t.clone()) };
      [optimizer, average].forEach((old) => old.dispose());
      average = new WeightAverage(network, 0.9);
      average.restore(kept.averages);
      optimizer = open();
      (optimizer as InstanceType<typeof Adam>).restore(kept.state);
      tf.dispose([kept.state, kept.averages]);
    }
    const gradients = network.trainableWeights.map((weight, k) => {
      const { name } = weight.read() as tfjs.Variable;
      const made = tf.randomNormal(weight.shape as number[], 0, 1, "float32", 1 + 100 * step + k);
      return [name, made] as const;
    });
    average.begin(step);
    optimizer.applyGradients(Object.fromEntries(gradients));
    average.end();
    tf.dispose(gradients.map(([, tensor]) => tensor));
  }
  const { state } = optimizer, weights = network.weights.map((weight) => weight.read());
  const numbers = [...weights, ...average.state, ...state].map((t) => [...t.dataSync()]);
  tf.dispose(state);
  [optimizer, average].forEach((used) => used.dispose());
  disposeNetwork(network);
  equal(tf.memory().numTensors, before.numTensors, "no tensor stays behind");
  return numbers;
}

testOps("Adam takes the steps of TensorFlow's ops and their average, bit for bit", async () => {
  deepEqual(await trained(), await trained({ isReference: true }));
});

testOps("Adam goes on from its state as if it had never stopped", async () => {
  deepEqual(await trained({ resumedAt: 2 }), await trained());
});

testOps("stepAtOnce() does what TensorFlow's ops do one by one, bit for bit", async () => {
  const { tf, stepAtOnce } = await load();
  const native = await loadReference(), { openVariable, readVariable } = native;
  const shapes = [[3, 3, 16, 16], [7], [130, 101]],
    random = (shape: number[], k: number) => (
      tf.randomNormal(shape, 0, 1, "float32", k)
    );
  const values = shapes.map(random), gradients = shapes.map((shape, k) => random(shape, k + 10));
  const first = shapes.map((shape, k) => random(shape, k + 20));
  const second = shapes.map((shape, k) => random(shape, k + 30).square());
  const averages = shapes.map((shape, k) => random(shape, k + 40));
  const [power, rate, beta1, beta2, epsilon, share] = [0, 0.002, 0.9, 0.999, 1e-7, 0.03];
  const handles = values.map(openVariable), kept = 0.7;
  const moments = values.map((_, k) => [openVariable(first[k]!), openVariable(second[k]!)]);
  const settings = [power, power, rate, beta1, beta2, epsilon].map((x) => tf.scalar(x));
  handles.forEach((handle, k) => {
    native.applyDecay(handle, values[k]!, share);
    native.applyAdam([handle, ...moments[k]!, ...settings, gradients[k]!]);
  });
  const stepped = handles.map(readVariable);
  const mixed = averages.map((old, k) => old.mul(kept).add(stepped[k]!.mul(1 - kept)));

  const step = { rate: Math.fround(rate), beta1, beta2, epsilon, decays: [share, share, share] };
  // another value between the weights, as a network has them
  const [one, ...more] = values, [oneAverage, ...moreAverages] = averages;
  const own = stepAtOnce({ values, gradients, first, second }, step, {
    ...{ kept, values: [one!, gradients[1]!, ...more] },
    state: [oneAverage!, averages[1]!, ...moreAverages],
  });
  deepEqual(numbersOf(own.values), numbersOf(stepped));
  deepEqual(numbersOf(own.first), numbersOf(moments.map(([m]) => readVariable(m!))));
  deepEqual(numbersOf(own.second), numbersOf(moments.map(([, v]) => readVariable(v!))));
  const other = averages[1]!.mul(kept).add(gradients[1]!.mul(1 - kept));
  deepEqual(numbersOf(own.averages!), numbersOf(mixed.toSpliced(1, 0, other)));
  const without = stepAtOnce({ values, gradients, first, second }, step, null);
  deepEqual(numbersOf(without.values), numbersOf(stepped));
  equal(without.averages, null);
  [...handles, ...moments.flat()].forEach(native.closeVariable);
});
