import { Failure } from '../../../platform/failures.ts';
import type { PreparedDocument } from '../text/prepare.ts';
import { entryOf } from './entry.ts';
import { type PrepareTask, tooLong, unreadable } from './prepare-task.ts';
import { createWorkshop } from './workshop.ts';

/** Makes documents ready: texts in one thread, files in another, so that a slow file holds up no text. */
export function createPrepare() {
  const entry = entryOf('prepare-thread');
  const limits = { msMax: 30_000, mbMax: 256, growthMbMax: 512, waitingMax: 20 };
  const texts = createWorkshop<PrepareTask, PreparedDocument>(entry, limits);
  const files = createWorkshop<PrepareTask, PreparedDocument>(entry, limits);
  return {
    /** @throws Failure DOCUMENT_UNREADABLE, DOCUMENT_TOO_COSTLY, UNAVAILABLE */
    async run(task: PrepareTask): Promise<PreparedDocument> {
      try {
        return await ('text' in task ? texts : files).run(task);
      } catch (error) {
        if (!(error instanceof Error) || error instanceof Failure) throw error;
        if (error.message === unreadable) throw new Failure('DOCUMENT_UNREADABLE');
        if (error.message === tooLong) {
          const says = 'This file has more than 2 MiB of text: split it.';
          throw new Failure('DOCUMENT_UNREADABLE', { says });
        }
        throw error;
      }
    },

    async stop(): Promise<void> {
      await Promise.all([texts.stop(), files.stop()]);
    },
  };
}
