/**
 * What a terminal shows of work in lanes: below all that stays, a line for each lane, which is redrawn in
 * its place.
 */
import { writeFully } from "@/base/files.ts";

/** The terminal, or whatever lines are drawn on. */
export interface Screen {
  isTerminal: () => boolean;
  columns: () => number;
  write: (text: string) => void;
}

export interface LaneLines {
  /** Shows what a lane is at; null if it is at nothing. Only a terminal shows it. */
  show(lane: number, text: string | null): void;
  /** Writes a line that stays, or several. */
  print(text: string): void;
}

const OUTPUT: Screen = {
  isTerminal: () => Deno.stdout.isTerminal(),
  columns: () => Deno.consoleSize().columns,
  write: (text) => writeFully(Deno.stdout, new TextEncoder().encode(text)),
};

/** Opens the lines of lanes; where no terminal is, only what stays is written. */
export function openLaneLines(screen: Screen = OUTPUT): LaneLines {
  const shown = new Map<number, string>();
  let drawn = 0;
  const draw = (lasting: string) => {
    if (!screen.isTerminal()) return lasting ? screen.write(lasting) : undefined;
    const width = (screen.columns() || Infinity) - 1; // a full line would break; 0 is not known
    const lines = [...shown].toSorted(([a], [b]) => a - b).map(([, text]) => text.slice(0, width));
    const back = drawn > 0 ? `\x1b[${drawn}F\x1b[J` : "";
    screen.write(back + lasting + lines.map((line) => `${line}\n`).join(""));
    drawn = lines.length;
  };
  return {
    show(lane, text) {
      if (text === (shown.get(lane) ?? null)) return;
      if (text === null) shown.delete(lane);
      else shown.set(lane, text);
      draw("");
    },
    print: (text) => draw(`${text}\n`),
  };
}
