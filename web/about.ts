/** What the page says of the network, in the words and numbers of its card. */
import { percent } from "@/base/text.ts";
import { MISSED } from "@/faces/warnings.ts";
import { DEFAULT_MODEL, type ModelCard, PAGE_MODEL } from "@/model/model_card.ts";
import type { About } from "./protocol.ts";

type CardPart = Pick<ModelCard, "name" | "summary" | "data" | "results" | "otherPhotos" | "notFor">;

/** Takes from a card what people must know who look at answers. */
export function aboutModel({ name, summary, data, results, otherPhotos, notFor }: CardPart): About {
  const test = results.find(({ part }) => part === "test");
  const trained = data.description && `Trained on ${asSentence(data.description)}`;
  const terms = data.terms && `Terms: ${asSentence(data.terms)}`;
  const facts = [
    summary,
    test ? successOf(test) : "",
    otherPhotos?.caution ?? "",
    MISSED.whole,
    `${trained} ${terms}`.trim(),
  ];
  if (name === PAGE_MODEL) facts.push(OTHER);
  return {
    name,
    facts: facts.filter((fact) => fact !== "")
      .map((fact) => fact.replaceAll(/(\d)-(\d)/g, "$1\u2011$2")), // no line break inside `21-37`
    notFor: notFor.map((text) => startLarge(text.replace(/^Not for: | \(below\)/g, ""))),
  };
}

/** Says why the page's own network is not the command line's; docs/page.md has the sizes and the pace. */
const OTHER =
  `The command line and the package use ${DEFAULT_MODEL}, so that their answers differ from this page's: ` +
  "it is more accurate, but heavier than a page for phones may be, and slower with a camera.";

/** Writes the accuracy of the network on photos that it has not seen, in words. */
function successOf({ photos, measures }: ModelCard["results"][number]): string {
  const share = (name: string) => percent(measures.find(({ measure }) => measure === name)!.value);
  return `Of ${photos.toLocaleString("en")} photos that it had not seen, ` +
    `it put ${share("accuracy")} into the right group, ` +
    `and ${share("one-off accuracy")} into that or the one beside it.`;
}

function asSentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}

/** The same text with a capital letter first. */
export function startLarge(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
