import { notify } from './db/channels.ts';
import type { Database } from './db/connect.ts';
import type { Log } from './log.ts';

const channel = 'multiwa_nodes';

/**
 * Notifications between nodes: a profile's wanted state, outbox, read receipts, deeds, status updates or what is set for
 * its chats changed, or it is handed over. With `typing` goes what to show, with `presence` which chat is followed, and
 * with `asked` what the phone is to be asked for: no word of it has a space.
 */
export type Word =
  | 'profile'
  | 'outbox'
  | 'broadcasts'
  | 'receipts'
  | 'deeds'
  | 'statuses'
  | 'states'
  | 'typing'
  | 'asked'
  | 'handed'
  | 'presence'
  /** There is a question to whoever has a profile (`node-questions.ts`), or the answer to one. */
  | 'question'
  | 'answered';

/** Short notifications between nodes. They may get lost, so their readers also look regularly by themselves. */
export interface NodeTalk {
  tell(word: Word, profileId: string): void;
  hear(word: Word, handler: (profileId: string) => void): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createNodeTalk({ database, log }: { database: Database; log: Log }): NodeTalk {
  const handlers: { word: string; handler: (profileId: string) => void }[] = [];
  const sender = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  let unlisten: (() => Promise<void>) | undefined;
  return {
    tell(word, profileId) {
      notify(database.db, channel, `${word} ${profileId} ${sender}`).catch((error: unknown) => {
        log.debug({ err: error }, 'the other nodes could not be told; they look by themselves');
      });
    },
    hear(word, handler) {
      handlers.push({ word, handler });
    },
    async start() {
      unlisten = await database.listen(channel, (payload) => {
        const [word, profileId = '', from] = payload.split(' ');
        if (from === sender) return;
        for (const { word: name, handler } of handlers) if (name === word) handler(profileId);
      });
    },
    async stop() {
      await unlisten?.();
    },
  };
}
