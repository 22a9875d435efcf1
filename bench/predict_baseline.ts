/**
 * Ages of the faces on a folder's photos, as users of two libraries write it, on the same TensorFlow:
 *
 *     deno run -A bench/predict_baseline.ts human|face-api PACKAGE_FOLDER PHOTOS
 *
 * Prints how many faces were found.
 */
import { join } from "node:path";
import { openFaceApi, openHuman } from "@bench/age_libraries.ts";

type Count = (photo: Uint8Array) => Promise<number>;

/** Each library's way to find the faces on a photo, and to predict their ages. */
const LIBRARIES: Record<string, (folder: string) => Promise<Count>> = {
  async human(folder) {
    const human = await openHuman(folder, { maxDetected: 10, rotation: true });
    return async (photo) => {
      const tensor = human.tf.node.decodeImage(photo, 3), { face } = await human.detect(tensor);
      tensor.dispose();
      return face.filter(({ age }: { age?: number }) => age !== undefined).length;
    };
  },
  async "face-api"(folder) {
    const faceapi = await openFaceApi(folder);
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
