/**
 * Makes photos of a sample, in a process of its own.
 *
 * @module
 */
import { doJobs } from "@/child.ts";
import { makePhotos, type PhotosJob } from "@/sample/sample.ts";

doJobs(async (job: PhotosJob) => {
  await makePhotos(job);
  return { code: 0, words: "" };
});
