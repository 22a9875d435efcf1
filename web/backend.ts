/** What TensorFlow.js computes with: the graphics card where there is one, else the processor. */
import * as tf from "@tensorflow/tfjs";
import { addressOf } from "./download.ts";
import type { BackendName } from "./protocol.ts";

/** The backends, the fastest first: whether each would be the faster choice here, and what brings it. */
const BACKENDS: {
  name: BackendName;
  suits: () => boolean | Promise<boolean>;
  load: () => Promise<unknown>;
}[] = [
  { name: "webgpu", suits: hasGpu, load: () => import("@tensorflow/tfjs-backend-webgpu") },
  { name: "webgl", suits: hasGraphicsCard, load: () => import("@tensorflow/tfjs-backend-webgl") },
  { name: "wasm", suits: () => true, load: loadWasm },
];

/** Starts the first backend that suits this device and works, or the one that is wanted; throws if none works. */
export async function startBackend(wanted: BackendName | null): Promise<BackendName> {
  for (const { name, suits, load } of BACKENDS) {
    const isChosen = wanted === null ? await suits() : name === wanted;
    if (!isChosen || !await starts(name, load)) continue;
    watch();
    return name;
  }
  throw new Error(
    wanted === null
      ? "This browser can compute neither with WebGPU, nor with WebGL, nor with WebAssembly"
      : `This browser cannot compute with ${wanted}`,
  );
}

async function starts(name: BackendName, load: () => Promise<unknown>): Promise<boolean> {
  try {
    await load();
    if (!await tf.setBackend(name)) return false;
    const two = tf.tidy(() => tf.add(1, 1));
    const [sum] = await two.data();
    two.dispose();
    return sum === 2;
  } catch {
    return false;
  }
}

/** Reports that the graphics card is lost, as it may be after sleep: TensorFlow.js would wait for it without end. */
function watch(): void {
  const { gpgpu, device } = tf.backend() as {
    gpgpu?: { gl: WebGL2RenderingContext };
    device?: { lost: Promise<unknown> };
  };
  const report = () => reportError(new Error("The graphics card was lost: load the page again"));
  gpgpu?.gl.canvas.addEventListener("webglcontextlost", report);
  device?.lost.then(report);
}

/** Tells whether WebGPU reaches a graphics card; one that the processor plays is slower than WebAssembly. */
async function hasGpu(): Promise<boolean> {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  return !!adapter && !adapter.info?.isFallbackAdapter && !isPlayed(adapter.info.description);
}

/** Tells whether WebGL reaches a graphics card, and one that computes with 32 bits: with 16, answers differ. */
function hasGraphicsCard(): boolean {
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  if (!gl?.getExtension("EXT_color_buffer_float")) return false;
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  return !isPlayed(String(info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : ""));
}

/** Tells whether a graphics card's name is that of a program which plays one on the processor. */
function isPlayed(renderer: string): boolean {
  return /swiftshader|llvmpipe|software|basic render/i.test(renderer);
}

async function loadWasm(): Promise<void> {
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  // threads would take headers that a plain server does not send
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths(addressOf("wasm/"));
}
