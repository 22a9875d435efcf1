/** The option that names a queue, for the commands that share a search out. */
import { Option } from "@commander-js/extra-typings";
import { describeServer } from "@/search/database.ts";

/** The URL of the queue; never shown, since it may hold a password. */
export const QUEUE_URL = new Option(
  "--queue <url>",
  "the Postgres database that shares the work out, such as postgres://user@host/age; what it " +
    "leaves out comes from PGHOST, PGUSER, PGPASSWORD and the like",
).env("HUMAN_AGE_QUEUE").argParser((url) => {
  describeServer(url); // its error does not repeat the URL, as one of an invalid argument would
  return url;
});
