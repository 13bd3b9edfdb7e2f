import { parentPort } from 'node:worker_threads';
import { createMatrix, type Matrix, type Near } from '../vectors/matrix.ts';
import type { VectorsTask } from './vectors-task.ts';
import type { WorkAnswer } from './workshop.ts';

/** The thread that holds vectors of profiles which are searched. */
const matrices = new Map<string, Matrix>();

function answerTo(task: VectorsTask): Near[] {
  if (task.kind === 'nearest') return matrices.get(task.key)?.nearest(task.query, task.limit) ?? [];
  if (task.kind === 'forget') matrices.delete(task.key);
  else {
    const matrix = matrices.get(task.key) ?? createMatrix(task.dimensions, task);
    matrices.set(task.key, matrix);
    matrix.add(task.ids, task.values);
  }
  return [];
}

parentPort?.on('message', (task: VectorsTask) => {
  let answer: WorkAnswer<Near[]>;
  try {
    answer = { result: answerTo(task) };
  } catch (error) {
    answer = { problem: String(error) };
  }
  parentPort?.postMessage(answer);
});
