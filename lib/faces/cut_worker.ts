/** The program of a worker process that cuts faces out of photos. */
import { doJobs } from "@/base/worker_process.ts";
import { cutPhoto } from "@/faces/cut_photo.ts";

doJobs(cutPhoto);
