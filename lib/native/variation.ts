/**
 * Varying photos in one op: pixels moved, brightness and contrast changed, a rectangle painted over. 64 photos
 * of 96 pixels take a fifth of the time that the steps take one by one, of which moving pixels is one.
 */
import * as tf from "@tensorflow/tfjs";
import { DTYPE, isNative, rawOp } from "@/native/raw_op.ts";

export interface Plan {
  /** Eight numbers, as `transformPhotos()` takes them; the last two are 0. */
  transform: readonly number[];
  /** The factor of all values, and the number added then. */
  gain: number;
  offset: number;
  /** In pixels, the right and lower ends not included, and a grey from 0 to 1; null for none. */
  erased: { left: number; top: number; right: number; bottom: number; grey: number } | null;
}

/** No pixel lies in it. */
const NOWHERE = { left: 0, top: 0, right: 0, bottom: 0, grey: 0 };

/** Varies photos; values stay between 0 and 1. It asks for `hasOps()`. */
export function varyAtOnce(photos: tf.Tensor4D, plans: readonly Plan[]): tf.Tensor4D {
  return tf.tidy(() => {
    const rows = plans.map(({ transform, gain, offset, erased }) => {
      const { left, top, right, bottom, grey } = erased ?? NOWHERE;
      return [...transform.slice(0, 6), gain, offset, left, top, right, bottom, grey];
    });
    return rawOp("HumanAgeVary", [photos, tf.tensor2d(rows)]) as tf.Tensor4D;
  });
}

/**
 * Takes each photo's pixels from elsewhere in it, between pixels by their distances. Beyond the rim the
 * photo is continued as its mirror image.
 *
 * @param photos `[photos, height, width, channels]`
 * @param transforms `[photos, 8]`, eight numbers a photo, a0 to a2, b0 to b2, c0 and c1: the value at
 * (x, y) is that at ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k), where k = c0 x + c1 y + 1
 */
export function transformPhotos(photos: tf.Tensor4D, transforms: tf.Tensor2D): tf.Tensor4D {
  return (isNative() ? transformAtOnce : transformOneByOne)(photos, transforms);
}

function transformAtOnce(photos: tf.Tensor4D, transforms: tf.Tensor2D): tf.Tensor4D {
  return tf.tidy(() => {
    const [, height, width] = photos.shape;
    const inputs = [photos, transforms, tf.tensor1d([height, width], "int32"), tf.scalar(0)];
    return rawOp("ImageProjectiveTransformV3", inputs, {
      dtype: ["TYPE", DTYPE.float32],
      interpolation: "BILINEAR",
      fill_mode: "REFLECT",
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
