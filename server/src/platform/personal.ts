import { notifyAll } from './db/channels.ts';
import type { Database } from './db/connect.ts';
import type { Log } from './log.ts';
import type { Presence } from './presence.ts';

const channel = 'multiwa_persons';
/** PostgreSQL takes notifications below 8,000 bytes. */
const bytesMax = 7_900;
const atOnceMax = 500;

/** Something for the sockets of one person, under a name of its own. */
export interface Word {
  userId: string;
  name: string;
  payload: unknown;
}

/**
 * Tells single people something on their sockets, at whatever node they are. It may get lost, so it only says sooner what
 * they can also ask for.
 */
export interface Personal {
  tell(words: readonly Word[]): void;
  hear(handler: (word: Word) => void): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createPersonal(deps: {
  database: Pick<Database, 'db' | 'listen'>;
  presence: Pick<Presence, 'nodes'>;
  log: Log;
}): Personal {
  const { database, presence, log } = deps;
  const handlers: ((word: Word) => void)[] = [];
  const sender = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  let unlisten: (() => Promise<void>) | undefined;
  const heard = (word: Word) => {
    for (const handler of handlers) handler(word);
  };

  /** In one statement; none where there is no other node. */
  async function tellOthers(words: readonly Word[]): Promise<void> {
    const payloads = words
      .map((word) => JSON.stringify({ ...word, sender }))
      .filter((text) => Buffer.byteLength(text) < bytesMax);
    for (let begin = 0; begin < payloads.length; begin += atOnceMax) {
      await notifyAll(database.db, channel, payloads.slice(begin, begin + atOnceMax));
    }
  }

  return {
    tell(words) {
      if (words.length === 0) return;
      for (const word of words) heard(word);
      if (presence.nodes()?.length === 1) return;
      tellOthers(words).catch((error: unknown) => {
        log.debug({ err: error }, 'people at other nodes could not be told; they ask by themselves');
      });
    },
    hear(handler) {
      handlers.push(handler);
    },
    async start() {
      unlisten = await database.listen(channel, (payload) => {
        const { sender: from, ...word } = JSON.parse(payload) as Word & { sender: string };
        if (from !== sender) heard(word);
      });
    },
    async stop() {
      await unlisten?.();
    },
  };
}
