/** Turning, shifting, scaling and mirroring photos in one op. */
import * as tf from "@tensorflow/tfjs";
import { FLOAT32, onBackend, rawOp } from "@/native/raw_op.ts";

/**
 * Takes each photo's pixels from elsewhere in it, between pixels by their distances. Beyond the rim the
 * photo is continued as its mirror image.
 *
 * @param photos `[photos, height, width, channels]`
 * @param transforms `[photos, 8]`, eight numbers a photo, a0 to a2, b0 to b2, c0 and c1: the value at
 * (x, y) is that at ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k), where k = c0 x + c1 y + 1
 */
export function transformPhotos(photos: tf.Tensor4D, transforms: tf.Tensor2D): tf.Tensor4D {
  return onBackend({ native: transformAtOnce, stock: transformOneByOne })(photos, transforms);
}

function transformAtOnce(photos: tf.Tensor4D, transforms: tf.Tensor2D): tf.Tensor4D {
  return tf.tidy(() => {
    const [, height, width] = photos.shape;
    const inputs = [photos, transforms, tf.tensor1d([height, width], "int32"), tf.scalar(0)];
    return rawOp("ImageProjectiveTransformV3", inputs, {
      dtype: ["TYPE", FLOAT32],
      interpolation: ["STRING", "BILINEAR"],
      fill_mode: ["STRING", "REFLECT"],
    }) as tf.Tensor4D;
  });
}

/** tfjs 4.22 on the plain processor takes all photos but the first for empty. */
function transformOneByOne(photos: tf.Tensor4D, transforms: tf.Tensor2D): tf.Tensor4D {
  return tf.tidy(() => {
    const rows = transforms.split<tf.Tensor2D>(transforms.shape[0]);
    const moved = photos.split<tf.Tensor4D>(photos.shape[0]).map((photo, k) =>
      tf.image.transform(photo, rows[k]!, "bilinear", "reflect")
    );
    return tf.concat(moved);
  });
}
