import { availableParallelism } from 'node:os';

/** Half of the cores, so that others can work beside the tests; two at least. Every project needs to be told. */
export const maxWorkers = Math.max(2, Math.floor(availableParallelism() / 2));
