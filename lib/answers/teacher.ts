/** Distillation: what a trained network predicts of the photos that another one learns from. */
import { withModel } from "@/answers/open_model.ts";
import { predictRows } from "@/answers/predict_photos.ts";
import { logOnly } from "@/base/progress.ts";
import { teacherOf } from "@/model/recipe.ts";
import type { Spec } from "@/model/spec.ts";
import { openUsable, type Study, type StudyOptions } from "@/study/study.ts";

/**
 * Adds to the training photos what the teacher of a model predicts of them, as they are, without variations.
 *
 * @param source the photos of the study, which are opened once more in the teacher's size
 * @returns the study as it is, if the model has no teacher
 */
export async function withTeacher(
  study: Study,
  { id, recipe }: Spec,
  { folder, faces }: Pick<StudyOptions, "folder" | "faces">,
): Promise<Study> {
  const teacher = teacherOf(recipe), { train } = study, { indices } = train;
  if (!teacher) return study;
  logOnly(`${id} learns from ${teacher.model}, which predicts ${indices.length} photos first`);
  const taught = await withModel(teacher.model, async (model) => {
    const { squares } = await openUsable(model.card.input.side, folder, { faces });
    return await predictRows(model, { squares, indices });
  });
  return { ...study, train: { ...train, taught } };
}
