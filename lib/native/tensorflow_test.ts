import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import util from "node:util";
import { testOps } from "@/native/_testing.ts";
import { NATIVE, outputOf, program, testWith, withFolder } from "@/testing.ts";

const CHILD = [...NATIVE, "write", "run"] as Deno.PermissionName[];

/** TensorFlow, loaded where native code is allowed. */
async function load() {
  return {
    ...await import("@/native/tensorflow.ts"),
    ...await import("@/native/raw_op.ts"),
    ...await import("@/native/pinned.ts"),
  };
}

testWith(NATIVE, "describeTensorFlow() tells versions, device and threads", async () => {
  const { describeTensorFlow } = await load();
  const { tensorflow, tfjs, device, threads } = describeTensorFlow();
  match(tensorflow, /^2\.\d+\.\d+/);
  equal(tfjs, "4.22.0");
  ok(device === "CPU" || device === "GPU");
  ok(Number.isInteger(threads) && threads >= 1);
});

testOps("all our ops compute where they can", async () => {
  equal((await load()).hasOps(), true);
});

testWith(NATIVE, "describeTensorFlow() tells whose kernels are in use", async () => {
  const { describeTensorFlow, hasOps } = await load();
  const { kernels } = describeTensorFlow(), provider = hasOps() ? "ours" : "stock";
  deepEqual(Object.keys(kernels), [
    "convolution",
    "convolution with pooling",
    "max pooling",
    "matmul",
    "3x3 convolution",
    "batch normalisation",
    "augmentation",
    "AdamW with averages",
    "separable convolution",
  ]);
  const own = ["batch normalisation", "augmentation", "AdamW with averages"] as const;
  for (const work of [...own, "max pooling"] as const) equal(kernels[work], provider, work);
});

testWith(
  NATIVE,
  "describeTensorFlow() tells of stock kernels while tfjs itself computes",
  async () => {
    const { describeTensorFlow, hasOps, tf } = await load();
    const pooling = async (backend: string) => {
      await tf.setBackend(backend);
      return describeTensorFlow().kernels["max pooling"];
    };
    const native = hasOps() ? "ours" : "stock";
    deepEqual([await pooling("cpu"), await pooling("tensorflow")], ["stock", native]);
  },
);

testWith(
  CHILD,
  "without one of our kernels, the layers of tfjs train, and it is said",
  async () => {
    const library = new URL("../../.build/pooling.so", import.meta.url).pathname;
    await withFolder(async (work) => {
      const code = `
      const { dlopen } = Deno;
      Deno.dlopen = (path, symbols) => {
        if (path === ${JSON.stringify(library)}) throw new Error("not there");
        return dlopen(path, symbols);
      };
      const { describeTensorFlow, tf } = await import("@/native/tensorflow.ts");
      const { missingOps } = await import("@/native/missing_ops.ts");
      const { arithmetic, kernels } = describeTensorFlow();
      console.log(arithmetic, kernels["max pooling"], [...missingOps].join());
      const { TESTING } = await import("@/model/zoo.ts");
      const { buildNetwork } = await import("@/model/network.ts");
      const { compileNetwork } = await import("@/training/optimizers.ts");
      const { trainOnBatch } = await import("@/training/step.ts");
      const network = buildNetwork(TESTING, { side: 16, seed: 7 });
      compileNetwork(network, TESTING);
      const photos = tf.ones([5, 16, 16, 3]), groups = tf.tensor1d([0, 1, 2, 3, 4], "int32");
      const losses = [1, 2].map(() => trainOnBatch(network, TESTING, { photos, groups }).loss);
      console.log(losses[1] < losses[0]);`;
      const { text } = await outputOf(program(code, work));
      match(text, /^native stock pooling\ntrue\n$/);
    });
  },
);

testWith(NATIVE, "describeTensorFlow() tells the number of threads that was set", async () => {
  const { describeTensorFlow } = await load();
  const name = "TF_NUM_INTRAOP_THREADS", before = Deno.env.get(name);
  Deno.env.set(name, "3");
  try {
    equal(describeTensorFlow().threads, 3);
  } finally {
    if (before === undefined) Deno.env.delete(name);
    else Deno.env.set(name, before);
  }
});

testWith(NATIVE, "rawOp() runs an op of the library, bytes in and bytes out", async () => {
  const { DTYPE, rawOp, tf } = await load();
  const { readBytes } = await import("@/native/image_ops.ts");
  tf.tidy(() => {
    const bytes = rawOp("Cast", [tf.tensor2d([[1, 2, 3], [253, 254, 255]], undefined, "int32")], {
      SrcT: ["TYPE", DTYPE.int32],
      DstT: ["TYPE", DTYPE.uint8],
    });
    const turned = rawOp("ReverseV2", [bytes, tf.tensor1d([0, 1], "int32")], {
      T: ["TYPE", DTYPE.uint8],
      Tidx: ["TYPE", DTYPE.int32],
    });
    deepEqual(turned.shape, [2, 3]);
    deepEqual([...readBytes(turned)], [255, 254, 253, 3, 2, 1]);
  });
});

testWith(
  NATIVE,
  "rawOp() throws TensorFlow's own message, and leaves no tensor behind",
  async () => {
    const { DTYPE, rawOp, tf } = await load();
    const before = tf.memory().numTensors;
    throws(
      () =>
        tf.tidy(() =>
          rawOp("Reshape", [tf.tensor1d([1, 2, 3]), tf.tensor1d([2, 2], "int32")], {
            T: ["TYPE", DTYPE.float32],
            Tshape: ["TYPE", DTYPE.int32],
          })
        ),
      /3 values, but the requested shape has 4/,
    );
    equal(tf.memory().numTensors, before);
  },
);

testWith(NATIVE, "the functions that tfjs calls in node:util are there again", async () => {
  const { tf } = await load();
  const { isNullOrUndefined, isArray } = util as unknown as Record<
    string,
    (value: unknown) => boolean
  >;
  deepEqual([null, undefined, 0, ""].map(isNullOrUndefined!), [true, true, false, false]);
  deepEqual([[], "a"].map(isArray!), [true, false]);
  // without them, reading a saved model's file and making a tensor of texts fail
  equal(tf.tidy(() => tf.tensor1d(["ä", "b"]).dataSync()).join(), "ä,b");
});

testWith(CHILD, "loading names the set-up task where the native library is missing", async () => {
  const folder =
    new URL("../../node_modules/@tensorflow/tfjs-node-gpu/lib/", import.meta.url).pathname;
  const hidden = `--deny-read=${folder},${await Deno.realPath(folder)}`;
  await withFolder(async (work) => {
    const permissions = [...["read", "env", "ffi", "sys"].map((name) => `--allow-${name}`), hidden];
    const { success, text } = await outputOf(
      program(`await import("@/native/tensorflow.ts");`, work, { permissions }),
    );
    equal(success, false);
    match(
      text,
      /Cannot load TensorFlow's native library\. Run `deno task setup` in the project folder/,
    );
    match(text, /restart the kernel afterwards/);
    match(text, /Caused by: /);
  });
});

testWith(CHILD, "loading writes nothing to standard error, and leaves it open", async () => {
  await withFolder(async (work) => {
    const { success, text } = await outputOf(
      program(`await import("@/native/tensorflow.ts"); console.error("mine");`, work),
    );
    deepEqual([success, text], [true, "mine\n"]);
  });
});

testWith(
  CHILD,
  "a photo that is damaged leaves no line of TensorFlow's on standard error",
  async () => {
    equal(
      await told(`
      import { Image } from "imagescript";
      const jpeg = await new Image(64, 64).encodeJPEG();
      try {
        tf.node.decodeJpeg(jpeg.slice(0, -60));
      } catch {
        console.log("refused");
      }`),
      "refused\n",
    );
  },
);

testWith(
  CHILD,
  "a tensor fits into the memory of a freed one, whatever was made in between",
  async () => {
    const megabytes = await told(`
    let rss = 0;
    for (let i = -3; i < 40; i++) {
      if (i === 0) ({ rss } = Deno.memoryUsage()); // the library's own pages are there by now
      const large = tf.tidy(() => tf.fill([4e6], 1).add(1)); // no array of JavaScript's, freed whenever
      tf.ones([64]).add(1); // stays, behind the large one
      large.dispose();
    }
    console.log((Deno.memoryUsage().rss - rss) / 1e6);`);
    ok(Number(megabytes) < 32, `40 tensors of 16 MB, one at a time, have taken ${megabytes} MB`);
  },
);

/** What a program that uses `tf` writes, in a process of its own. */
async function told(code: string): Promise<string> {
  return await withFolder(async (work) => {
    const loading = `import { tf } from "@/native/tensorflow.ts";`;
    return (await outputOf(program(loading + code, work))).text;
  });
}
