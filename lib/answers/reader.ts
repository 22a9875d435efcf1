/** A reader of photos for programs, whatever it computes and decodes with. */
import type { EngineOptions } from "@/native/onnx.ts";
import type { PhotoSource } from "@/images/photo_source.ts";
import { UnreadablePhoto } from "@/images/unreadable_photo.ts";
import { answerPhotos, closeReader, type FaceReader } from "@/answers/face_reader.ts";
import type { OpenPredictor } from "@/answers/onnx_predictor.ts";
import { toReading } from "@/answers/reading.ts";
import type { OneOfMany, OwnGroups, Reader, ReadingOptions } from "@/answers/reader_types.ts";

/** Makes a reader of open networks, with what they were opened with, and how well they tell groups of one's own. */
export function createReader(
  networks: FaceReader<OpenPredictor>,
  { arithmetic, threads }: Required<Pick<EngineOptions, "arithmetic" | "threads">>,
  ownGroups: OwnGroups | null = null,
): Reader {
  const names = networks.model.card.classes.map(({ name }) => name);
  const inTurn = inTurns();
  let isClosed = false;
  const readingOf = (photo: PhotoSource, { quick = false, ...options }: ReadingOptions) => {
    if (isClosed) throw new Error("The reader is closed: open another one");
    return inTurn(async () => {
      const [answer] = await answerPhotos(networks, [photo], { tiles: !quick, ...options });
      return toReading(answer!, names);
    });
  };
  return {
    ...{ model: networks.model.card.name, arithmetic, threads, ownGroups },
    async read(photo, options = {}) {
      const { fault, ...reading } = await readingOf(photo, options);
      if (fault !== null) throw new UnreadablePhoto(fault);
      return reading;
    },
    async *readAll(photos, { onProgress, ...options } = {}) {
      let done = 0;
      const total = Array.isArray(photos) ? photos.length : null;
      for await (const photo of photos) {
        const reading = await readingOf(photo, options);
        onProgress?.({ done: ++done, total });
        yield { photo, ...reading } satisfies OneOfMany<typeof photo>;
      }
    },
    close() {
      if (!isClosed) inTurn(() => Promise.resolve(closeReader(networks)));
      isClosed = true;
    },
  };
}

/** Does one work after the other, in the order in which they are asked for. */
function inTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
}
