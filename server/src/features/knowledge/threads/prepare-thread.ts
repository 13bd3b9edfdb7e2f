import { parentPort } from 'node:worker_threads';
import { readText } from '../files/read.ts';
import { type PreparedDocument, prepare } from '../text/prepare.ts';
import { type PrepareTask, tooLong, unreadable } from './prepare-task.ts';
import type { WorkAnswer } from './workshop.ts';

/** Bytes of a document's text. */
const textBytesMax = 2 * 1024 * 1024;

/** The thread in which documents are read and made ready. */
async function answerTo(task: PrepareTask): Promise<WorkAnswer<PreparedDocument>> {
  if ('text' in task) return { result: prepare(task.name, task.text) };
  let text: string;
  try {
    text = await readText(task.kind, task.bytes);
  } catch {
    return { problem: unreadable };
  }
  if (Buffer.byteLength(text) > textBytesMax) return { problem: tooLong };
  return { result: prepare(task.name, text) };
}

parentPort?.on('message', (task: PrepareTask) => {
  answerTo(task).then(
    (answer) => parentPort?.postMessage(answer),
    (error: unknown) => parentPort?.postMessage({ problem: String(error) }),
  );
});
