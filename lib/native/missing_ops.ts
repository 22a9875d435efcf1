/**
 * The project's libraries of ops that could not be loaded. This module loads nothing: `@/native/libraries.ts` fills it.
 */

export const missingOps: Set<string> = new Set();
