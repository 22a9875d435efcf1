/** The program of a sample process: makes photos. */
import { doJobs } from "@/base/worker_process.ts";
import { makePhotos } from "@/sample/sample.ts";

doJobs(makePhotos);
