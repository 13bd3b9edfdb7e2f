import { availableParallelism } from 'node:os';

/** Tests often wait for processes and clocks, so on few cores there are more workers than cores. Every project needs to be told. */
export const maxWorkers = Math.max(3, Math.ceil(availableParallelism() / 2) + 1);
