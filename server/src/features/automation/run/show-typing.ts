import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../../../platform/failures.ts';
import type { Messages } from '../../messages/index.ts';
import type { RunRow } from '../automation.tables.ts';

/** A message that was said before and arrives meanwhile ends what a phone shows: it is shown again. */
const againMs = 1_000;

/** Shows in the chat of a run that somebody types; where that can't be, nothing is missed. */
export function createShowTyping(messages: Pick<Messages, 'showTyping'>) {
  const end = new AbortController();
  return {
    async show(run: RunRow, state: 'composing' | 'recording', ms: number): Promise<void> {
      const { signal } = end;
      try {
        for (let leftMs = ms; leftMs > 0 && !signal.aborted; leftMs -= againMs) {
          const order = { profileId: run.profile_id, to: run.chat, state, duration: leftMs };
          await messages.showTyping({ organizationId: run.organization_id }, order);
          await pause(Math.min(leftMs, againMs), undefined, { signal }).catch(() => undefined);
        }
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
      }
    },

    stop: () => end.abort(),
  };
}
