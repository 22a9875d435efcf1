import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { withLock, writeInStages, writeWhole } from "@/base/files.ts";
import { Interrupted } from "@/base/interruption.ts";
import { outputOf, program, testWith, withFolder } from "@/testing.ts";

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

testWith(
  ["read", "write"],
  "writeWhole() writes aside first, and in a folder that it makes",
  async () => {
    await withFolder(async (folder) => {
      const path = `${folder}/new/a.txt`;
      await writeWhole(path, async (part) => {
        equal(part, `${path}.part-${Deno.pid}`);
        await Deno.writeTextFile(part, "half");
        deepEqual(namesIn(`${folder}/new`), [`a.txt.part-${Deno.pid}`]);
        await Deno.writeTextFile(part, " and half", { append: true });
      });
      deepEqual(namesIn(`${folder}/new`), ["a.txt"]);
      equal(await Deno.readTextFile(path), "half and half");
    });
  },
);

testWith(["read", "write"], "writeWhole() replaces what was there", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.txt`;
    for (const text of ["old", "new"]) {
      await writeWhole(path, (part) => Deno.writeTextFile(part, text));
    }
    equal(await Deno.readTextFile(path), "new");
  });
});

testWith(["read", "write"], "writeWhole() writes the file that a link leads to", async () => {
  await withFolder(async (folder) => {
    const at = (name: string) => `${folder}/${name}`;
    await Deno.mkdir(at("far"));
    await Deno.writeTextFile(at("far/real"), "before");
    await Deno.symlink("far/real", at("link"));
    await writeWhole(at("link"), (part) => Deno.writeTextFile(part, "after"));
    equal((await Deno.lstat(at("link"))).isSymlink, true);
    equal(await Deno.readTextFile(at("far/real")), "after");
  });
});

testWith(["read", "write"], "writeWhole() lets nobody read what only its owner could", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/answers.csv`;
    await Deno.writeTextFile(path, "old", { mode: 0o600 });
    await writeWhole(path, (part) => Deno.writeTextFile(part, "new"));
    const { mode } = await Deno.stat(path);
    deepEqual([await Deno.readTextFile(path), mode! & 0o777], ["new", 0o600]);
  });
});

testWith(["read", "write"], "writeWhole() makes a whole folder", async () => {
  await withFolder(async (folder) => {
    await writeWhole(`${folder}/set`, async (part) => {
      await Deno.mkdir(part);
      await Deno.writeTextFile(`${part}/a.txt`, "a");
    });
    deepEqual([namesIn(folder), namesIn(`${folder}/set`)], [["set"], ["a.txt"]]);
  });
});

testWith(
  ["read", "write"],
  "writeWhole() leaves what was there, and nothing else, where writing fails",
  async () => {
    await withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/a.txt`, "old");
      const error = new TypeError("no good");
      const write = async (part: string) => {
        await Deno.writeTextFile(part, "begun");
        throw error;
      };
      await rejects(writeWhole(`${folder}/a.txt`, write), (thrown) => thrown === error);
      deepEqual(namesIn(folder), ["a.txt"]);
      equal(await Deno.readTextFile(`${folder}/a.txt`), "old");
    });
  },
);

/** Appends letters to a file in stages; fails after some of them. */
async function spell(path: string, word: string, fails?: { after: number; error: Error }) {
  await writeInStages<number>(path, word, async (part, begun, note) => {
    for (let done = begun ?? 0; done < word.length; note(++done)) {
      if (done === fails?.after) throw fails.error;
      await Deno.writeTextFile(part, word[done]!.toUpperCase(), { append: true });
    }
  });
}

testWith(["read", "write"], "writeInStages() goes on where it was interrupted", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.txt`;
    for (const after of [1, 3]) {
      await rejects(spell(path, "word", { after, error: new Interrupted() }), Interrupted);
      deepEqual(namesIn(folder), ["a.txt.begun", "a.txt.begun.json"]);
      equal(await Deno.readTextFile(`${path}.begun`), "WORD".slice(0, after));
    }
    await spell(path, "word");
    equal(await Deno.readTextFile(path), "WORD");
    deepEqual(namesIn(folder), ["a.txt"]);
  });
});

testWith(["read", "write"], "writeInStages() begins anew from another source", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.txt`, fails = { after: 2, error: new Interrupted() };
    await rejects(spell(path, "word", fails), Interrupted);
    await spell(path, "text");
    equal(await Deno.readTextFile(path), "TEXT");
    deepEqual(namesIn(folder), ["a.txt"]);
  });
});

testWith(["read", "write"], "writeInStages() begins anew after any other failure", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.txt`, fails = { after: 2, error: new TypeError("no good") };
    await rejects(spell(path, "word", fails), TypeError);
    deepEqual(namesIn(folder), []);
    await Deno.writeTextFile(`${path}.begun`, "half");
    await Deno.writeTextFile(`${path}.begun.json`, "{ not whole");
    await spell(path, "word");
    equal(await Deno.readTextFile(path), "WORD");
  });
});

for (const number of [28, 27, 122]) {
  testWith(
    ["read", "write"],
    `writeWhole() says that the disk is full at error ${number}`,
    async () => {
      await withFolder(async (folder) => {
        const cause = new Error(`some words of the system (os error ${number})`);
        const full = writeWhole(`${folder}/a.txt`, () => Promise.reject(cause));
        const message =
          `No room on the disk for ${folder}/a.txt. Nothing was changed. Free some space, ` +
          "or name a folder on another disk in HUMAN_AGE_WORK, then run it again.";
        await rejects(full, { message, cause });
      });
    },
  );
}

testWith(["read", "write"], "writeWhole() passes other error codes on unchanged", async () => {
  await withFolder(async (folder) => {
    const cause = new Error("not a folder (os error 2)");
    await rejects(
      writeWhole(`${folder}/a`, () => Promise.reject(cause)),
      (thrown) => thrown === cause,
    );
  });
});

testWith(
  ["read", "write", "run", "env"],
  "writeWhole() keeps the old file when the disk is really full",
  async () => {
    await withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/a.txt`, "old");
      const { success, text } = await outputOf(program(
        `import { writeWhole } from "@/base/files.ts";
       const bytes = new Uint8Array(1_000_000);
       await writeWhole("${folder}/a.txt", (part) => Deno.writeFile(part, bytes));`,
        folder,
        { most: 100 },
      ));
      equal(success, false);
      match(text, /No room on the disk for .*a\.txt\. Nothing was changed\. Free some space/);
      equal(await Deno.readTextFile(`${folder}/a.txt`), "old");
      deepEqual(namesIn(folder).filter((name) => !name.startsWith("program")), ["a.txt"]);
    });
  },
);

testWith(
  ["read", "write"],
  "withLock() returns what the body returns, and can be taken again",
  async () => {
    await withFolder(async (folder) => {
      const path = `${folder}/new/lock`;
      equal(await withLock(path, "testing", () => Promise.resolve(1)), 1);
      equal(await withLock(path, "testing", () => Promise.resolve(2)), 2);
    });
  },
);

testWith(["read", "write"], "withLock() lets go where the body fails", async () => {
  await withFolder(async (folder) => {
    const failing = withLock(
      `${folder}/lock`,
      "testing",
      () => Promise.reject(new Error("no good")),
    );
    await rejects(failing, /no good/);
    equal(await withLock(`${folder}/lock`, "testing", () => Promise.resolve(1)), 1);
  });
});

/** Starts a process that holds a lock until it is killed, and waits until it does. */
async function holdElsewhere(path: string, folder: string): Promise<Deno.ChildProcess> {
  const holder = program(
    `import { withLock } from "@/base/files.ts";
     await withLock("${path}", "making things in ${folder}", async () => {
       console.log("held");
       await new Promise((resolve) => setTimeout(resolve, 60_000));
     });`,
    folder,
  ).spawn();
  const reader = holder.stdout.getReader();
  ok(new TextDecoder().decode((await reader.read()).value).startsWith("held"));
  await reader.cancel();
  return holder;
}

testWith(
  ["read", "write", "run", "env"],
  "withLock() refuses a second process, and is free once the first was killed",
  async () => {
    await withFolder(async (folder) => {
      const path = `${folder}/lock`, body = () => Promise.resolve("mine");
      const holder = await holdElsewhere(path, folder);
      try {
        await rejects(withLock(path, "testing", body), ({ message }: Error) => {
          const [claim, since] = message.split(", since ");
          equal(claim, `Process ${holder.pid} is already making things in ${folder}`);
          match(since!, /^\d{4}-\d\d-\d\d \d\d:\d\d UTC\. Wait until it has ended, or end it\.$/);
          return true;
        });
      } finally {
        holder.kill("SIGKILL");
        await holder.stderr.cancel();
        await holder.status;
      }
      equal(await withLock(path, "testing", body), "mine");
    });
  },
);

testWith(
  ["read", "write"],
  "withLock() waits for the words of a claim that was just taken",
  async () => {
    await withFolder(async (folder) => {
      const path = `${folder}/lock`, body = () => Promise.resolve();
      using taken = await Deno.open(path, { read: true, write: true, create: true });
      await taken.lock(true);
      const late = setTimeout(
        () => Deno.writeTextFileSync(path, "Process 1 is already testing"),
        30,
      );
      await rejects(withLock(path, "testing", body), {
        message: /^Process 1 is already testing\. /,
      });
      clearTimeout(late);
      await Deno.truncate(path);
      await rejects(withLock(path, "testing", body), { message: /^Another process is already / });
    });
  },
);

testWith(["read", "write"], "withLock() leaves no words of a longer claim before", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/lock`;
    await Deno.writeTextFile(path, "x".repeat(500));
    await withLock(path, "testing", async () => {
      match(await Deno.readTextFile(path), /^Process \d+ is already testing, since [^x]*UTC$/);
    });
  });
});

testWith(
  ["read", "write"],
  "writeWhole() says what cannot be written, and where else to",
  async () => {
    await withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/a.txt`, "a");
      const write = (part: string) => Deno.writeTextFile(part, "b");
      await rejects(
        writeWhole(`${folder}/a.txt/b.txt`, write),
        /Cannot write .*b\.txt: a file is in the place of a folder.*HUMAN_AGE_WORK/,
      );
      await Deno.mkdir(`${folder}/full/of`, { recursive: true });
      await rejects(
        writeWhole(`${folder}/full`, write),
        /Cannot write .*full: there is a folder of this name.*--out/,
      );
    });
  },
);

testWith(["read", "write"], "withLock() says that it cannot write its claim", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.txt`, "a");
    const claim = withLock(`${folder}/a.txt/lock`, "trying", () => Promise.resolve());
    await rejects(claim, /Cannot write .*lock: a file is in the place of a folder/);
  });
});
