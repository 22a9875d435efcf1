/**
 * Makes photos of a sample, in a process of its own.
 *
 * @module
 */
import { doJobs } from "@/base/worker_process.ts";
import { makePhotos } from "@/sample/sample.ts";

doJobs(makePhotos);
