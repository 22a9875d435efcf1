/** The programs of two libraries for faces in Node.js, handed the TensorFlow of this project. */
import { join } from "node:path";
import { createRequire } from "node:module";
import { tf } from "@/native/tensorflow.ts";

// deno-lint-ignore no-explicit-any -- the libraries' types need a TensorFlow of their own
type Library = any;

const require = createRequire(import.meta.url);

async function load(path: string): Promise<Library> {
  const module = { exports: {} };
  const text = await Deno.readTextFile(path);
  const own = (name: string) => name === "@tensorflow/tfjs-node-gpu" ? tf : require(name);
  new Function("require", "module", "exports", "__dirname", "__filename", text)(
    ...[own, module, module.exports, join(path, ".."), path],
  );
  return module.exports;
}

/** Opens `@vladmandic/human` for faces and ages; `detector` holds settings of its finder other than its own. */
export async function openHuman(folder: string, detector: object = {}): Promise<Library> {
  const { default: Human } = await load(join(folder, "dist", "human.node-gpu.js"));
  const off = { enabled: false };
  const human = new Human({
    ...{ backend: "tensorflow", modelBasePath: `file://${join(folder, "models")}/` },
    ...{ cacheSensitivity: 0, warmup: "none", debug: false, filter: off, gesture: off },
    ...{ body: off, hand: off, object: off },
    face: { enabled: true, detector, iris: off, emotion: off },
  });
  await human.load();
  return human;
}

/** Opens `@vladmandic/face-api` with its SSD finder and its network of ages. */
export async function openFaceApi(folder: string): Promise<Library> {
  const faceapi = await load(join(folder, "dist", "face-api.node-gpu.js"));
  const { ssdMobilenetv1, ageGenderNet } = faceapi.nets;
  for (const net of [ssdMobilenetv1, ageGenderNet]) await net.loadFromDisk(join(folder, "model"));
  return faceapi;
}
