/** What is dropped on the page: photos, and folders that are read through as the command line does. */
import { isKeptByProgram } from "@/base/kept_folders.ts";
import { HEAD, imageFormat } from "@/images/image_format.ts";
import { companions, isNamedPicture } from "@/images/picture_name.ts";

/** Reasons for which files are left out. */
const REASONS = {
  others: "being no pictures",
  raws: "being raw files beside a picture",
  kept: "being previews or trash that programs keep",
  twice: "being there twice",
  closed: "not to be opened",
};

type Reason = keyof typeof REASONS;

/** A file or folder; files that are no system's, such as a picture of another page, have no entry. */
type Item = FileSystemEntry | File;

/** Folders inside each other that are looked into: more are a link to a folder above. */
const DEEPEST = 40;

/**
 * Reads dropped folders through, and takes dropped files as they are. What is hidden is passed over.
 *
 * @param items as {@linkcode itemsOf} gives them
 * @param report is told how many photos have been found
 * @returns the photos, and how many files were left out, by the reason
 */
export async function readDropped(items: readonly Item[], report: (photos: number) => void) {
  const photos: File[] = [], seen = new Map<string, File>();
  const left: Record<Reason, number> = { others: 0, raws: 0, kept: 0, twice: 0, closed: 0 };
  const take = async (item: Item, isNamed: boolean) => {
    const file = await open(item);
    if (!file) return void left.closed++;
    const id = `${file.name}/${file.size}/${file.lastModified}`, other = seen.get(id);
    if (other && await isSame(file, other)) left.twice++;
    else if (isNamed || await isPicture(file)) report(photos.push(file));
    else left.others++;
    seen.set(id, file);
  };
  const walk = async (folder: FileSystemDirectoryEntry, isKept: boolean, depth: number) => {
    const entries = depth < DEEPEST ? await entriesOf(folder) : [];
    const kind = companions(entries.map(({ name }) => name));
    for (const entry of entries) {
      const keeps = isKept || isKeptByProgram(entry.fullPath);
      const isHidden = entry.name.startsWith(".");
      if (entry.isDirectory && (keeps || !isHidden)) {
        await walk(entry as FileSystemDirectoryEntry, keeps, depth + 1);
      } else if (isKept) left.kept++;
      else if (!isHidden) {
        const reason = kind(entry.name);
        if (reason) left[reason]++;
        else await take(entry, false);
      }
    }
  };
  for (const item of items) {
    const isFolder = "isDirectory" in item && item.isDirectory;
    if (isFolder) await walk(item as FileSystemDirectoryEntry, false, 0);
    else await take(item, true);
  }
  return { photos, left };
}

/** Says what was left out; nothing if all was taken. */
export function leftOut(counts: Record<Reason, number>): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0)
    .map(([reason, count]) => `${REASONS[reason as Reason]}: ${count.toLocaleString("en")}`);
  return parts.length > 0 ? `Files left out, ${parts.join("; ")}` : "";
}

/** The files and folders of a drop; must be called while that is handled. */
export function itemsOf({ items }: DataTransfer): Item[] {
  return [...items].filter(({ kind }) => kind === "file")
    .flatMap((item) => item.webkitGetAsEntry() ?? item.getAsFile() ?? []);
}

/** Lists what is in a folder, sorted; nothing if it cannot be looked into. The browser tells a hundred at a time. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader(), all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) => (
      reader.readEntries(resolve, () => resolve([]))
    ));
    if (some.length === 0) return all.sort((a, b) => a.name < b.name ? -1 : 1);
    all.push(...some);
  }
}

async function open(item: Item): Promise<File | null> {
  if (item instanceof File) return item;
  const entry = item as FileSystemFileEntry;
  return await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
}

/** Tells whether two files of one size hold the same; one that cannot be read is left to whoever reads it. */
async function isSame(...files: [File, File]): Promise<boolean> {
  const read = async (file: File) => new Uint8Array(await file.arrayBuffer());
  const [bytes, others] = await Promise.all(files.map(read)).catch(() => []);
  return bytes !== undefined && bytes.every((byte, k) => byte === others![k]);
}

async function isPicture(file: File): Promise<boolean> {
  if (isNamedPicture(file.name)) return true;
  const head = await file.slice(0, HEAD).arrayBuffer().catch(() => new ArrayBuffer());
  return imageFormat(new Uint8Array(head)) !== null;
}
