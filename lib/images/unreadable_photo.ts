/** Faults that keep a file from being read as a photo. */
import { isMisnamed, MISNAMED } from "@/base/text.ts";

/** Faults by the codes of Node.js and the names of Deno's errors. */
const READ_FAULTS: readonly { code: string; name: string; fault: string }[] = [
  { code: "ENOENT", name: "NotFound", fault: "no such file" },
  { code: "EACCES", name: "PermissionDenied", fault: "no permission to read it" },
  { code: "EISDIR", name: "IsADirectory", fault: "a folder" },
];

/** Says why the system does not let a file be read: in plain words where they are known, else in the system's. */
export function readFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, name, message } = error as Error & { code?: string };
  const known = READ_FAULTS.find((fault) => code === fault.code || name === fault.name);
  if (known?.code === "ENOENT" && isMisnamed(message)) return MISNAMED;
  if (known) return known.fault;
  return message.replace(/ \(os error \d+\).*$/s, "").replace(/^E[A-Z]+: (.+), \w+ '.*'$/s, "$1");
}

/** Thrown if a file cannot be read as a photo; the message is the reason, without the file's name. */
export class UnreadablePhoto extends Error {
  override name = "UnreadablePhoto";
}
