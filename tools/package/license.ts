/** The licence of the package: of the code, of the weights, and of what is packed with them. */
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";
import { modelNames, readCard } from "@/answers/model_folder.ts";
import { versionOf } from "@tools/package/versions.ts";

const read = (path: string) => Deno.readTextFile(join(ROOT, path));

export async function licenseText(): Promise<string> {
  const code = await read("LICENSE");
  const models = await Promise.all(modelNames().map(modelTerms));
  return [
    "# Licences",
    "The code is under the MIT licence, the weights of each model under the terms of the photos that it has learned from.",
    `## The code\n\n${code.trim()}`,
    `## The models\n\n${models.join("\n")}`,
    "The networks that find faces (`data/models/faces`) are MediaPipe's BlazeFace and Face Mesh (Apache-2.0), from " +
    "`@vladmandic/human` (MIT). The texts of these licences lie beside the networks.",
    `## Packed with the code\n\n### onnxruntime-web ${versionOf("onnxruntime-web")}\n\n${
      onnxLicense(code)
    }`,
    `### bmp-ts ${versionOf("bmp-ts")}\n\n${(await read("node_modules/bmp-ts/LICENSE")).trim()}`,
  ].join("\n\n") + "\n";
}

/** The terms of a model's weights, as its card has them. */
async function modelTerms(name: string): Promise<string> {
  const { data, training: { start } } = (await readCard(name))!;
  const from = start
    ? ` Its start is \`${start.file}\` of \`${start.package}\` ${start.version} (${start.license}), ` +
      `which learned from ${start.learnedFrom}.`
    : "";
  return `- \`${name}\`: ${data.terms}.${from}`;
}

/** onnxruntime is under the MIT licence as well, and its package does not repeat it. */
function onnxLicense(mit: string): string {
  return mit.trim().replace(/^Copyright .*$/m, "Copyright (c) Microsoft Corporation");
}
