/** The program of a worker process that answers photos. */
import { doJobs } from "@/base/worker_process.ts";
import { answerPart } from "@/answers/predict_files.ts";

doJobs(answerPart);
