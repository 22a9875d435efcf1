/** Writing pictures as PNG, which loses nothing. */
import type { Pixels } from "@/base/pixels.ts";
import { tf } from "@/native/backend.ts";

export async function encodePng({ width, height, data }: Pixels): Promise<Uint8Array> {
  const image = tf.tensor3d(data, [height, width, 3], "int32");
  try {
    return await tf.node.encodePng(image);
  } finally {
    image.dispose();
  }
}
