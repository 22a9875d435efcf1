import { deepEqual, equal, notEqual, ok, rejects, throws } from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { choosing, display } from "@/base/display.ts";
import { shown, testWith, withFolder } from "@/testing.ts";

const FILES: Deno.PermissionName[] = ["env", "read", "write"];

testWith(
  ["env"],
  "display() sends data, their metadata, and what tells them from others",
  async () => {
    const metadata = { "image/png": { width: 40 } };
    const [first, second] = await shown(async () => {
      await display({ "image/png": "AAAA" }, { metadata });
      await display({ "text/plain": "b" });
    });
    deepEqual([first!.type, first!.data, first!.metadata], ["display_data", {
      "image/png": "AAAA",
    }, metadata]);
    deepEqual([second!.data, second!.metadata], [{ "text/plain": "b" }, {}]);
    notEqual(first!.transient.display_id, second!.transient.display_id);
  },
);

testWith(["env"], "display() takes the place of another output", async () => {
  const [message] = await shown(() => display({ "text/plain": "b" }, { id: "bar", update: true }));
  deepEqual([message!.type, message!.transient.display_id], ["update_display_data", "bar"]);
});

testWith(["env"], "display() gives the kernel time, and more of it for more", async () => {
  await shown(async () => {
    ok(await spent(display({ "text/plain": "a" })) > 39);
    ok(await spent(display({ "text/plain": "a", "text/html": "x".repeat(2e6) })) > 159);
  });
});

testWith(["env"], "display() does not wait where the cell goes on displaying", async () => {
  await shown(async () => {
    let waited = false;
    setTimeout(() => waited = true, 0);
    await display({ "text/plain": "a" }, { more: true });
    equal(waited, false);
  });
});

testWith(["env"], "display() shows nothing while a choice has failed", async () => {
  const fault = new Error("no photos"), show = () => display({ "text/plain": "a" });
  const fail = () => {
    throw fault;
  };
  const messages = await shown(async () => {
    throws(() => choosing("parameters", fail), fault);
    await rejects(choosing("photos", () => Promise.reject(fault)), fault);
    equal(await choosing("photos", () => Promise.resolve(7)), 7);
    await rejects(show, /cell that chooses the parameters has failed.* chosen before/);
    equal(choosing("parameters", () => 8), 8);
    await show();
  });
  equal(messages.length, 1);
});

testWith(FILES, "display() waits until Jupyter has confirmed that very output", async () => {
  await withReceipts(async (folder) => {
    await shown(async (messages) => {
      let over = false;
      const displayed = display({ "text/plain": "a" }).then(() => over = true);
      await Deno.writeTextFile(join(folder, "another"), "");
      await delay(100);
      equal(over, false);
      await Deno.writeTextFile(join(folder, messages[0]!.transient.receipt!), "");
      await displayed;
    });
  });
});

testWith(FILES, "display() reports an output that Jupyter never confirms", async () => {
  const { now } = performance;
  let minute = 0;
  performance.now = () => 60_001 * minute++;
  try {
    await withReceipts(() =>
      shown(() =>
        rejects(display({ "text/plain": "a" }), /has not confirmed an output within 60 s/)
      )
    );
  } finally {
    performance.now = now;
  }
});

async function spent(work: Promise<void>): Promise<number> {
  const start = performance.now();
  await work;
  return performance.now() - start;
}

/** Stands in for a Jupyter that confirms outputs, by files in a folder. */
async function withReceipts(body: (folder: string) => Promise<unknown>): Promise<void> {
  await withFolder(async (folder) => {
    Deno.env.set("HUMAN_AGE_RECEIPTS", folder);
    try {
      await body(folder);
    } finally {
      Deno.env.delete("HUMAN_AGE_RECEIPTS");
    }
  });
}
