/**
 * Running the project's commands in the test's own process, where starting one of their own would take most of
 * the time: those that refuse, or that only tell something.
 *
 * @module
 */
import { exitCodeOf } from "@tools/shared/command.ts";

/** What a command said, and its exit code. */
export interface Said {
  code: number;
  out: string;
  err: string;
}

/** Runs a command in this process; its work folder is this process's. */
export async function runHere(tool: string, args: readonly string[]): Promise<Said> {
  const { program } = await import(`@tools/commands/${tool}.ts`),
    out: string[] = [],
    err: string[] = [];
  program.configureOutput({
    writeOut: (text: string) => out.push(text),
    writeErr: (text: string) => err.push(text),
  });
  const { log, error } = console;
  console.log = (...words) => out.push(`${words.join(" ")}\n`);
  console.error = (...words) => err.push(`${words.join(" ")}\n`);
  try {
    const code = await exitCodeOf(() => program.parseAsync(args, { from: "user" }));
    return { code, out: out.join(""), err: err.join("") };
  } finally {
    Object.assign(console, { log, error });
  }
}
