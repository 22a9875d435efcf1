/**
 * Ages of the faces on a folder's photos, as users of two libraries write it, on the same TensorFlow:
 *
 *     deno run -A bench/predict_baseline.ts human|face-api PACKAGE_FOLDER PHOTOS
 *
 * Prints how many faces were found.
 */
import { join } from "node:path";
import { createRequire } from "node:module";
import { tf } from "@/native/tensorflow.ts";

// deno-lint-ignore no-explicit-any -- the libraries' types need a TensorFlow of their own
type Library = any;

const require = createRequire(import.meta.url);

/** Loads a library's program for Node.js, TensorFlow handed to it. */
async function load(path: string): Promise<Library> {
  const module = { exports: {} };
  const text = await Deno.readTextFile(path);
  const own = (name: string) => name === "@tensorflow/tfjs-node-gpu" ? tf : require(name);
  new Function("require", "module", "exports", "__dirname", "__filename", text)(
    ...[own, module, module.exports, join(path, ".."), path],
  );
  return module.exports;
}

/** Each library's way to find the faces on a photo, and to predict their ages. */
const LIBRARIES: Record<
  string,
  (folder: string) => Promise<(photo: Uint8Array) => Promise<number>>
> = {
  async human(folder) {
    const { default: Human } = await load(join(folder, "dist", "human.node-gpu.js"));
    const off = { enabled: false };
    const human = new Human({
      ...{ backend: "tensorflow", modelBasePath: `file://${join(folder, "models")}/` },
      ...{ cacheSensitivity: 0, warmup: "none", debug: false, filter: off, gesture: off },
      ...{ body: off, hand: off, object: off },
      face: {
        ...{
          enabled: true,
          detector: { maxDetected: 10, rotation: true },
          mesh: { enabled: true },
        },
        ...{ iris: off, emotion: off, description: { enabled: true } },
      },
    });
    await human.load();
    return async (photo) => {
      const tensor = human.tf.node.decodeImage(photo, 3), { face } = await human.detect(tensor);
      tensor.dispose();
      return face.filter(({ age }: { age?: number }) => age !== undefined).length;
    };
  },
  async "face-api"(folder) {
    const faceapi = await load(join(folder, "dist", "face-api.node-gpu.js"));
    const models = join(folder, "model"), { ssdMobilenetv1, ageGenderNet } = faceapi.nets;
    await ssdMobilenetv1.loadFromDisk(models);
    await ageGenderNet.loadFromDisk(models);
    const options = new faceapi.SsdMobilenetv1Options({ minConfidence: 0.5, maxResults: 10 });
    return async (photo) => {
      const tensor = faceapi.tf.node.decodeImage(photo, 3);
      const faces = await faceapi.detectAllFaces(tensor, options).withAgeAndGender();
      tensor.dispose();
      return faces.length;
    };
  },
};

const [library, folder, photos] = Deno.args;
const count = await LIBRARIES[library!]!(folder!);
let faces = 0;
for (const { name } of [...Deno.readDirSync(photos!)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  faces += await count(await Deno.readFile(join(photos!, name)));
}
console.log(JSON.stringify({ faces }));
