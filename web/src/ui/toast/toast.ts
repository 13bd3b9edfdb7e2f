import { Toast } from '@base-ui/react/toast';
import { sentenceOf } from '../../words/index.ts';

/** What says them, before there is a place to show them. */
export const manager = Toast.createToastManager();
const undoMs = 8_000;

/** Says in passing that something was done. */
export const say = (title: string): void => void manager.add({ title, type: 'plain' });

/** Says that something failed which nobody can see in its place. */
export const sayProblem = (error: unknown): void =>
  void manager.add({ title: sentenceOf(error), type: 'failed', priority: 'high', timeout: 10_000 });

/** Says what was done, and offers to undo it for a while. */
export function sayUndo(title: string, button: string, undo: () => unknown): void {
  const id = manager.add({
    title,
    type: 'plain',
    timeout: undoMs,
    actionProps: {
      children: button,
      onClick: () => {
        manager.close(id);
        void undo();
      },
    },
  });
}
