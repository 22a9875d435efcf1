/**
 * Files and folders that options name to be written: checked before any work, so that no command writes over what
 * it reads, nor over what it has not written itself.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { orElse } from "@/base/or_else.ts";
import { MODEL_FILES } from "@/model/model_card.ts";

/** A file or folder that a command is going to write. */
export interface Target {
  option: string;
  path: string;
  /** Whether it is a folder; else a file. */
  isFolder?: boolean;
  /** The endings that a file may have; any if left out. */
  endings?: readonly string[];
  /** Tells whether the command has written what is there; left out for a folder that others may put things into. */
  isOurs?: (path: string) => boolean;
}

const NAMED = 10;

/**
 * Checks all that a command is going to write.
 *
 * @param options the files and folders that it reads, some perhaps not named, and whether it may write over what others
 * have written
 * @throws {Error} naming every target that is read by the command, has an ending of no format, is a folder or device in
 * place of a file, or holds what the command has not written (unless that is forced)
 */
export function checkTargets(
  targets: readonly Target[],
  { reads, force }: { reads: readonly (string | undefined)[]; force?: boolean | undefined },
): void {
  const read = new Set(reads.flatMap((path) => path === undefined ? [] : identity(path) ?? []));
  const twice = [...Map.groupBy(targets, ({ path }) => path).values()].flatMap(([, ...more]) =>
    more
  );
  const faults = [
    ...targets.flatMap((target) => faultOf(target, read, force) ?? []),
    ...twice.map(({ option, path }) => `${option} ${path} would be written twice`),
  ];
  if (faults.length === 0) return;
  const more = faults.length > NAMED ? [`and ${faults.length - NAMED} more`] : [];
  throw new Error(["Nothing was done:", ...faults.slice(0, NAMED), ...more].join("\n  "));
}

/** Says what speaks against a target; null if nothing does. */
function faultOf(target: Target, read: ReadonlySet<string>, force = false): string | null {
  const { option, path, endings, isFolder = false, isOurs } = target, name = `${option} ${path}`;
  if (endings && !endings.includes(extname(path).toLowerCase())) {
    return `${name} names no format: let it end in ${endings.join(" or ")}`;
  }
  const file = lookAt(path);
  if (!file) return null;
  if (!file.isFile() && !file.isDirectory()) return `${name} is a device or a pipe`;
  if (isFolder !== file.isDirectory()) return `${name} is a ${isFolder ? "file" : "folder"}`;
  if ((isOurs || !isFolder) && read.has(identity(path)!)) return `${name} is read by this command`;
  if (!isOurs || isEmpty(path) || isOurs(path)) return null;
  if (foldersOf(path).some((folder) => read.has(identity(folder)!))) {
    return `${name} lies among what this command reads, which did not write it`;
  }
  return force ? null : `${name} was not written by this command: name another, or add --force`;
}

/** Identifies a file or folder, whatever path leads to it; null if there is none. */
function identity(path: string): string | null {
  const file = lookAt(path);
  return file ? `${file.dev}:${file.ino}` : null;
}

/** The folder that a path lies in, the one that has that, and so on. */
function foldersOf(path: string): string[] {
  const folder = dirname(path);
  return folder === path ? [] : [folder, ...foldersOf(folder)];
}

/** Describes what is at a path; null if nothing can be. */
function lookAt(path: string) {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return null;
  }
}

function isEmpty(path: string): boolean {
  const file = statSync(path);
  return file.isDirectory() ? readdirSync(path).length === 0 : file.isFile() && file.size === 0;
}

export function beginning(path: string): string {
  const bytes = new Uint8Array(4096);
  using file = Deno.openSync(path);
  return new TextDecoder().decode(bytes.subarray(0, file.readSync(bytes) ?? 0));
}

const FIGURE =
  /^<svg style="max-width: 100%; height: auto; background: white" [^>]*aria-label="[^"]*" role="img"/;

/** Tells whether a file is a figure: an SVG as we draw them, or a PNG beside it. */
export function isFigure(path: string): boolean {
  const svg = path.replace(/\.png$/, ".svg");
  return existsSync(svg) && FIGURE.test(beginning(svg));
}

/** Names the table that `--out` writes; none if it is not given. */
export function tableTarget(path: string | undefined, head: string): Target[] {
  if (path === undefined) return [];
  const isOurs = () => {
    const text = beginning(path);
    return text.trim() === "" || text.startsWith(head);
  };
  return [{ option: "--out", path, endings: [".csv"], isOurs }];
}

/** Names what `--figures` writes into a folder, if it is given. A table there is ours if one of the figures is. */
export function resultTargets(
  folder: string | undefined,
  { figures, tables }: { figures: readonly string[]; tables: readonly string[] },
): Target[] {
  if (folder === undefined) return [];
  const option = "--figures", svgs = figures.map((name) => join(folder, `${name}.svg`));
  const pngs = svgs.map((path) => path.replace(/svg$/, "png"));
  return [
    { option, path: folder, isFolder: true },
    ...[...svgs, ...pngs].map((path) => ({ option, path, isOurs: isFigure })),
    ...tables.map((name) => (
      { option, path: join(folder, `${name}.csv`), isOurs: () => svgs.some(isFigure) }
    )),
  ];
}

/** Names the pages of notebooks that `--html` writes into a folder; none if it is not given. */
export function pageTargets(folder: string | undefined, notebooks: readonly string[]): Target[] {
  if (folder === undefined) return [];
  const option = "--html";
  return [
    { option, path: folder, isFolder: true },
    ...notebooks.map((name) => ({
      ...{ option, path: join(folder, `${name}.html`) },
      isOurs: (path: string) => beginning(path).includes(`<title>${name}</title>`),
    })),
  ];
}

/** Names a model's folder. One that `ship` has made is no place for what `calibrate` makes, nor the other way round. */
export function modelTarget(path: string, { isCalibrated }: { isCalibrated: boolean }): Target {
  const card = join(path, MODEL_FILES.card);
  const isOurs = () => orElse(() => isCalibrated === isCalibratedCard(card), false);
  return { option: "--out", path, isFolder: true, isOurs };
}

function isCalibratedCard(path: string): boolean {
  return JSON.parse(Deno.readTextFileSync(path)).calibration !== undefined;
}
