/** The camera: one frame after the other is read, as fast as the device can. */
import { ASKED, cameraFault, ENDED, HIDDEN, INSECURE, QUIET } from "./camera_faults.ts";
import { byId } from "./dom.ts";
import { createBoxes, createFaceView, updateFaceView } from "./face_view.ts";
import type { Reader, Reading } from "./protocol.ts";

/** The constraints on the camera; a larger picture would take longer and tell no more. */
const WANTED: MediaStreamConstraints = {
  video: { facingMode: "user", width: { ideal: 640 }, height: { ideal: 480 } },
};

/** Milliseconds over which the pace is measured. */
const WINDOW = 2000;

/** Milliseconds without a picture after which people are told. */
const PATIENCE = 700;

/** Lets the camera be used; `keep` takes the pictures that people keep, `say` tells what goes wrong. */
export function useCamera(
  reader: Reader,
  { keep, say }: { keep: (file: File) => void; say: (text: string) => void },
): void {
  const video = byId<HTMLVideoElement>("video");
  byId("use-camera").addEventListener("click", async () => {
    stop(video);
    if (!navigator.mediaDevices) return say(INSECURE);
    const own = turn;
    isWanted = true;
    const fail = (text: string) => {
      if (own !== turn) return;
      stop(video);
      say(text);
    };
    try {
      say(ASKED);
      const stream = await navigator.mediaDevices.getUserMedia(WANTED);
      if (own !== turn) return end(stream);
      stream.getVideoTracks()[0]!.addEventListener("ended", () => fail(ENDED));
      await start(video, stream);
      say("The camera is on.");
      await readFrames(reader, video, stream.getVideoTracks()[0]!);
    } catch (error) {
      fail(cameraFault(error));
    }
  });
  byId("stop-camera").addEventListener("click", () => {
    stop(video);
    say("The camera is off.");
  });
  byId("keep-frame").addEventListener("click", async () => keep(await pictureOf(video)));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden || !isWanted) return;
    stop(video);
    say(HIDDEN);
  });
}

/** Whether people have asked for the camera, and it has not ended since. */
let isWanted = false;

/** Counts starts and stops: what is opened after the next of them, nobody wants any more. */
let turn = 0;

async function start(video: HTMLVideoElement, stream: MediaStream): Promise<void> {
  video.srcObject = stream;
  await video.play();
  byId("camera").hidden = false;
  byId("stop-camera").focus();
}

function stop(video: HTMLVideoElement): void {
  turn++;
  isWanted = false;
  end(video.srcObject as MediaStream | null);
  video.srcObject = null;
  if (!byId("camera").hidden) byId("use-camera").focus();
  byId("camera").hidden = true;
}

function end(stream: MediaStream | null): void {
  stream?.getTracks().forEach((track) => track.stop());
}

/** Reads frames until the camera is stopped. */
async function readFrames(reader: Reader, video: HTMLVideoElement, track: MediaStreamTrack) {
  const stream = video.srcObject, note = byId("camera-note"), times: number[] = [];
  for (let last = -1, at = performance.now(); video.srcObject === stream;) {
    if (video.currentTime === last || track.muted) {
      if (performance.now() - at > PATIENCE) {
        times.length = 0;
        note.textContent = QUIET;
        delete note.dataset.pace;
      }
      await new Promise(requestAnimationFrame);
      continue;
    }
    last = video.currentTime;
    at = performance.now();
    const reading = await reader.readFrame(await createImageBitmap(video));
    times.push(performance.now());
    while (times.length > 2 && times[0]! < times.at(-1)! - WINDOW) times.shift();
    if (video.srcObject === stream) show(reading, paceOf(times));
  }
}

function paceOf(times: readonly number[]): number {
  const seconds = (times.at(-1)! - times[0]!) / 1000;
  return seconds > 0 ? (times.length - 1) / seconds : 0;
}

function show(reading: Reading, pace: number): void {
  const views = byId("camera-faces"), { faces } = reading;
  while (views.children.length > faces.length) views.lastChild!.remove();
  faces.forEach((face, k) => {
    const view = views.children[k] as HTMLElement | undefined;
    view ? updateFaceView(view, face, k + 1) : views.append(createFaceView(face, k + 1));
  });
  byId("camera-boxes").replaceChildren(...createBoxes(reading, true));
  const found = faces.length ? "" : "No face in the picture. ";
  const note = byId("camera-note");
  note.textContent = `${found}${pace.toFixed(1)} pictures a second`;
  note.dataset.pace = pace.toFixed(2);
  note.dataset.time = reading.time.toFixed(0);
}

async function pictureOf(video: HTMLVideoElement): Promise<File> {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext("2d")!.drawImage(video, 0, 0);
  const blob = await canvas.convertToBlob({ type: "image/png" });
  return new File([blob], `Camera, ${new Date().toLocaleTimeString()}`, { type: blob.type });
}
