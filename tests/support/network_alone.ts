/** A program that knows nothing of arithmetic: builds a network, and prints a sum that single precision gets wrong. */
import * as tf from "@tensorflow/tfjs";
import { buildNetwork } from "@/model/network.ts";
import { TESTING } from "@/model/zoo.ts";
import "@/native/backend.ts";

buildNetwork(TESTING, { side: 16, seed: 7 });
const values = tf.tensor1d([2 ** 24, ...Array(4096).fill(1)]);
console.log(`The sum is ${values.sum().dataSync()[0]! - 2 ** 24} more`);
