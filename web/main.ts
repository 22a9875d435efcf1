/** The page: photos in, age groups out, all on the device. */
import { useCamera } from "./camera.ts";
import { byId, element } from "./dom.ts";
import { takeFiles } from "./intake.ts";
import { connectReader, messageOf } from "./messages.ts";
import { installOffline } from "./offline.ts";
import type { About, BackendName, Progress } from "./protocol.ts";
import { createResults } from "./results.ts";

const BACKENDS: Record<BackendName, string> = {
  webgpu: "the graphics card (WebGPU)",
  webgl: "the graphics card (WebGL)",
  wasm: "the processor (WebAssembly)",
};

/** The photo that is read if people have none at hand. */
const EXAMPLE = "example.jpg";

const reader = connectReader(startWorker(), showProgress);
const add = createResults(reader, say);

takeFiles((files, remark) => void add(files, remark), say);
useCamera(reader, { keep: (file) => void add([file]), say });
byId("try-example").addEventListener("click", () => {
  loadExample().then((file) => add([file])).catch((error) => say(messageOf(error)));
});

try {
  const { backend, about } = await reader.open({ backend: wantedBackend() });
  document.body.classList.add("loaded");
  showAbout(about);
  say(`Ready: it computes with ${BACKENDS[backend]}.`);
  document.documentElement.dataset.backend = backend;
  const isKept = await installOffline().catch(() => false); // the browser or the server forbids it
  document.documentElement.dataset.offline = isKept ? "ready" : "none";
} catch (error) {
  byId("status").classList.add("failed");
  say(messageOf(error));
}

/**
 * Starts the worker from an address inside the page, so that what the page forbids (requests to elsewhere) is
 * forbidden to the worker, too: a worker of its own address would have rules of its own.
 */
function startWorker(): Worker {
  const program = `import ${JSON.stringify(new URL("worker.js", import.meta.url).href)};`;
  const address = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  return new Worker(address, { type: "module" });
}

async function loadExample(): Promise<File> {
  const response = await fetch(new URL(EXAMPLE, import.meta.url)).catch(() => null);
  if (!response?.ok) throw new Error(`Cannot load ${EXAMPLE}: is the page's server there?`);
  const photo = await response.blob();
  return new File([photo], EXAMPLE, { type: photo.type });
}

/** The backend that `?backend=wasm` asks for, if any. */
function wantedBackend(): BackendName | null {
  const name = new URLSearchParams(location.search).get("backend");
  return name !== null && Object.hasOwn(BACKENDS, name) ? name as BackendName : null;
}

function say(text: string): void {
  byId("status").textContent = text;
}

function showProgress({ loaded, total }: Progress): void {
  if (byId("status").classList.contains("failed")) return; // other files still come
  const [came, all] = [loaded, total].map((bytes) => (bytes / 1e6).toFixed(1));
  byId<HTMLProgressElement>("progress").value = loaded / total;
  say(loaded < total ? `Loading the networks: ${came} of ${all} MB` : "Starting the networks …");
}

function showAbout({ name, facts, notFor }: About): void {
  byId("model").textContent = `The network ${name}`;
  byId("facts").replaceChildren(...facts.map((text) => element("p", "", text)));
  byId("not-for").replaceChildren(...notFor.map((text) => element("li", "", text)));
}
