/**
 * Work done in lanes beside each other.
 *
 * @module
 */

/**
 * Does jobs in so many lanes: whichever is free takes the next one.
 *
 * @returns what came of them, in their order, whatever finished first
 */
export async function inLanes<Job, Result>(
  jobs: readonly Job[],
  lanes: number,
  work: (job: Job) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [], waiting = jobs.entries();
  const lane = async () => {
    for (const [k, job] of waiting) results[k] = await work(job);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
