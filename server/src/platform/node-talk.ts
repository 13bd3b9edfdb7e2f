import { notify } from './db/channels.ts';
import type { Database } from './db/connect.ts';
import type { Log } from './log.ts';

const channel = 'multiwa_nodes';

/** What one node may tell the others: to look at a profile's wanted state, queue or read receipts, or to take it over. */
export type Word = 'profile' | 'outbox' | 'receipts' | 'handed';

/** Short words between nodes. They may get lost: whoever hears them also looks by itself now and then. */
export interface NodeTalk {
  tell(word: Word, profileId: string): void;
  hear(word: Word, handler: (profileId: string) => void): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createNodeTalk({ database, log }: { database: Database; log: Log }): NodeTalk {
  const handlers: { word: string; handler: (profileId: string) => void }[] = [];
  const self = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  let unlisten: (() => Promise<void>) | undefined;
  return {
    tell(word, profileId) {
      notify(database.db, channel, `${word} ${profileId} ${self}`).catch((error: unknown) => {
        log.debug({ err: error }, 'the other nodes could not be told; they look by themselves');
      });
    },
    hear(word, handler) {
      handlers.push({ word, handler });
    },
    async start() {
      unlisten = await database.listen(channel, (payload) => {
        const [word, profileId = '', from] = payload.split(' ');
        if (from === self) return;
        for (const one of handlers) if (one.word === word) one.handler(profileId);
      });
    },
    async stop() {
      await unlisten?.();
    },
  };
}
