/** What to do when a program that set-up runs has failed, from what the program said. */

/** Variables that send requests through a proxy. */
const PROXIES = ["HTTPS", "HTTP", "ALL"].map((kind) => `${kind}_PROXY`)
  .flatMap((name) => [name, name.toLowerCase()]);

const FULL = /no space left on device|ENOSPC|os error 28|disk quota exceeded/i;
const UNREACHABLE =
  /name resolution|dns error|error sending request|failed to establish a new connection|network is unreachable|connection refused|could not connect|proxyerror|client error \(connect\)|timed out/i;

/** Says what to do, in a paragraph that begins with a line break; empty where nothing is known. */
export function adviceFor(
  said: string,
  environment: (variable: string) => string | undefined = (variable) => Deno.env.get(variable),
): string {
  if (FULL.test(said)) {
    return "\nThe disk is full. Free some space (set-up takes about 4 GB), then run the same command again.";
  }
  if (!UNREACHABLE.test(said)) return "";
  const proxy = PROXIES.find((variable) => environment(variable));
  return proxy
    ? `\nThe network was not reached through the proxy that ${proxy} names, ` +
      `${environment(proxy)}. Correct or unset that variable, then run the same command again.`
    : "\nThe network was not reached. The first set-up fetches packages; later ones need no network " +
      "as long as the project folder stays where it is. Connect, then run the same command again.";
}
