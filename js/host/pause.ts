/** Resolves after `ms` milliseconds, without any in a task of its own. */
export const pause = (ms?: number): Promise<undefined> => new Promise((resolve) => setTimeout(resolve, ms));
