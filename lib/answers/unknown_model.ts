/** The error for a model that there is not. */

/** Thrown if there is no model of a name, or no model in a folder; the message names the models that ship. */
export class UnknownModel extends Error {
  override name = "UnknownModel";
}
