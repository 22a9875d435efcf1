/**
 * Silences what native code writes to standard error.
 *
 * @module
 */

/**
 * Does something while nothing reaches standard error. TensorFlow 2.21 writes start-up notes there while
 * it is linked, before any of its settings can stop it. They show if TF_CPP_MIN_LOG_LEVEL is 0, and on
 * other systems than Linux.
 */
export async function withoutStandardError<T>(work: () => Promise<T>): Promise<T> {
  if (Deno.build.os !== "linux" || Deno.env.get("TF_CPP_MIN_LOG_LEVEL") === "0") {
    return await work();
  }
  const STDERR = 2, WRITE_ONLY = 1;
  const libc = Deno.dlopen("libc.so.6", {
    open: { parameters: ["buffer", "i32"], result: "i32" },
    dup: { parameters: ["i32"], result: "i32" },
    dup2: { parameters: ["i32", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  });
  const { open, dup, dup2, close } = libc.symbols;
  const nowhere = open(new TextEncoder().encode("/dev/null\0"), WRITE_ONLY), shown = dup(STDERR);
  dup2(nowhere, STDERR);
  try {
    return await work();
  } finally {
    dup2(shown, STDERR);
    [nowhere, shown].forEach((file) => close(file));
    libc.close();
  }
}
