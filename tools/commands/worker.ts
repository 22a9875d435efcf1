import { cpus, hostname } from "node:os";
import { describeTensorFlow } from "@/native/tensorflow.ts";
import { countWorkers } from "@/search/search.ts";
import { workForQueue } from "@/search/work_for_queue.ts";
import { ARITHMETIC, command, DATA, runCommand, WORKERS } from "@tools/shared/command.ts";
import { QUEUE_URL } from "@tools/shared/queue.ts";

/** Names this machine with what the last digits of its results depend on. */
function describeMachine(): string {
  const { device, kernels, tensorflow } = describeTensorFlow();
  const own = Object.entries(kernels).map(([kernel, provider]) => `${kernel} ${provider}`);
  const processor = cpus()[0]?.model.trim() ?? "an unknown processor";
  return `${hostname()}: ${processor}, ${device}, TensorFlow ${tensorflow}, ` +
    `kernels: ${own.join(", ")}`;
}

export const program = command(
  "worker",
  "Trains for the searches of a queue; joins and leaves at any time.",
)
  .addOption(QUEUE_URL.makeOptionMandatory())
  .addOption(DATA).addOption(WORKERS)
  .option("--once", "end when no search is left to work for")
  .addOption(ARITHMETIC)
  .action(async ({ queue, data, workers, once }) => {
    const machine = describeMachine();
    console.error(machine);
    const count = (side: number) => workers ?? countWorkers(side);
    await workForQueue(queue!, { folder: data, count, machine, once });
  });

if (import.meta.main) await runCommand(program);
