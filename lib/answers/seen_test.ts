import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { testWith } from "@/testing.ts";
import { fromSeen, seenPhotos, toSeen } from "./seen.ts";

const ONE = { md5: "6d783798f69900110fb3c576ac01e547", hash: "0f".repeat(32) };
const OTHER = { md5: "d41d8cd98f00b204e9800998ecf8427e", hash: "00".repeat(32) };

Deno.test("toSeen() keeps 8 and 32 bytes a photo, equal ones once, in an order that tells nothing", () => {
  const { md5s, hashes } = toSeen([ONE, OTHER, ONE]);
  deepEqual([md5s.length, hashes!.length], [16, 64]);
  deepEqual(toSeen([ONE, OTHER]), toSeen([OTHER, ONE]));
  deepEqual([md5s[0], hashes![0]], [0x6d, 0x00]); // each list is sorted for itself
});

Deno.test("fromSeen() knows the photos, and no others", () => {
  const seen = fromSeen(toSeen([ONE]));
  deepEqual([ONE.md5, OTHER.md5].map(seen.isFile), [true, false]);
  deepEqual(seen.hashes, seenPhotos([ONE]).hashes);
  equal(fromSeen(toSeen([])).isFile(ONE.md5), false);
});

Deno.test("fromSeen() tells that hashes are not known, as those of an earlier model", () => {
  equal(fromSeen({ ...toSeen([ONE]), hashes: null }).hashes, null);
});

Deno.test("fromSeen() refuses files that were cut off", () => {
  const { md5s, hashes } = toSeen([ONE]);
  throws(() => fromSeen({ md5s: md5s.subarray(1), hashes }), /7 bytes are no list of photos/);
  throws(() => fromSeen({ md5s, hashes: hashes!.subarray(1) }), /31 bytes are no list of photos/);
});

testWith(
  ["read"],
  "every model that ships knows what its photos look like, within 8 MB beside its network",
  () => {
    const models = new URL("../../data/models/", import.meta.url);
    for (const { name, isDirectory } of Deno.readDirSync(models)) {
      if (!isDirectory || name === "faces") continue;
      const files = [...Deno.readDirSync(new URL(`${name}/`, models))].map((file) => (
        [file.name, Deno.statSync(new URL(`${name}/${file.name}`, models)).size] as const
      ));
      const sizes = new Map(files),
        total = files.filter(([file]) => file !== "model.onnx")
          .reduce((sum, [, size]) => sum + size, 0);
      ok(total < 8e6, `${name} has ${total} bytes`);
      ok(sizes.get("model.onnx")! < 8e6, name);
      const [md5s, hashes] = ["seen.bin", "seen_hashes.bin"].map((file) => sizes.get(file) ?? 0);
      // photos that look alike share a hash
      ok(
        hashes! > 0.9 * 4 * md5s! && hashes! <= 4 * md5s!,
        `${name} has ${hashes} bytes of hashes`,
      );
    }
  },
);
