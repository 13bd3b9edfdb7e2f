import { isDecided } from './message-status.ts';
import type { SentRow } from './messages.present.ts';

/** Those who hold an answer (`Prefer: wait`) until WhatsApp has decided about their message. */
export function createWaiting() {
  const waiters = new Map<string, (row: SentRow | undefined) => void>();
  let ended = false;
  return {
    /** Tells whoever waits for this message. */
    decided(row: SentRow): void {
      if (isDecided(row.status)) waiters.get(row.id)?.(row);
    },

    /** Lets whoever waits for this look by itself. */
    wake: (id: string): void => waiters.get(id)?.(undefined),

    /** The decided row, or undefined when `ms` passed first. Call it before the message can be sent. */
    wait(messageId: string, ms: number): { decided: Promise<SentRow | undefined>; forget(): void } {
      let timer: NodeJS.Timeout | undefined;
      const forget = () => {
        clearTimeout(timer);
        waiters.delete(messageId);
      };
      const decided = new Promise<SentRow | undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), ended ? 0 : ms);
        waiters.set(messageId, resolve);
      }).finally(forget);
      return { decided, forget };
    },

    /** Lets everybody go, and whoever comes later, with the message as it stands. */
    end(): void {
      ended = true;
      for (const resolve of waiters.values()) resolve(undefined);
    },

    waits: (messageId: string) => waiters.has(messageId),
  };
}

export type Waiting = ReturnType<typeof createWaiting>;
