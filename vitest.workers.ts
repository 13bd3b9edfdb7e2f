import { availableParallelism } from 'node:os';

/** Tests often wait for processes and clocks, so on few cores there are more workers than cores. */
export const maxWorkers = Math.max(4, Math.ceil(availableParallelism() / 2) + 1);

/** Set in every project, because projects inherit none of it from the root. */
export const everyProject = {
  maxWorkers,
  // Long, for machines that are busy with something else; a test that hangs takes this long to fail.
  testTimeout: 180_000,
  hookTimeout: 180_000,
};
