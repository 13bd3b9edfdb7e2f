import { setTimeout as pause } from 'node:timers/promises';
import { type ChatId, chatKind, parseChatId, storedChat } from '../../platform/chat-id.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import type { Log } from '../../platform/log.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import { chatReachedBy } from '../conversations/index.ts';
import type { Live } from '../profiles/index.ts';
import { isConnected } from './senders.store.ts';
import type { Senders } from './senders.ts';

export const typingStates = ['composing', 'recording', 'available', 'paused'] as const;
export type TypingState = (typeof typingStates)[number];

/** So long phones show it by themselves, and so long it is shown when no time is named. */
const usualMs = 25_000;
/** Phones are told again within that time. */
const againMs = 10_000;

/** Shows in chats that somebody types or records. Nothing of it is kept: it is about this moment. */
export function createTyping(deps: {
  db: Db;
  log: Log;
  senders: Senders;
  defaultCountry: string;
  live(profileId: string): Live | undefined;
  /** Says it to the node that has the profile. */
  tellOwner(words: string): void;
}) {
  const { db, log } = deps;
  /** What is shown now, by profile and chat. */
  const shown = new Map<string, AbortController>();

  async function showFor(
    live: Live,
    chat: ChatId,
    state: 'composing' | 'recording',
    ms: number,
    end: AbortSignal,
  ) {
    const untilMs = performance.now() + ms;
    const signal = AbortSignal.any([end, live.ended]);
    for (let leftMs = ms; leftMs > 0 && !signal.aborted; leftMs = untilMs - performance.now()) {
      await live.session.presence?.show(chat, state);
      await pause(Math.min(leftMs, againMs), undefined, { signal }).catch(() => undefined);
    }
  }

  function here(live: Live, chat: ChatId, state: TypingState, ms: number): void {
    const key = `${live.profileId} ${chat}`;
    shown.get(key)?.abort();
    const end = new AbortController();
    shown.set(key, end);
    const isOver = state === 'available' || state === 'paused';
    const show = async () => {
      if (!isOver) await showFor(live, chat, state, ms, end.signal);
      // What replaced it knows better.
      if (shown.get(key) !== end) return;
      shown.delete(key);
      if (!live.ended.aborted) await live.session.presence?.show(chat, 'paused');
    };
    show().catch((error: unknown) => {
      if (shown.get(key) === end) shown.delete(key);
      if (!live.ended.aborted)
        log.debug({ err: error, profileId: live.profileId }, 'typing could not be shown');
    });
  }

  return {
    /** @throws Failure PROFILE_NOT_CONNECTED, INVALID_RECIPIENT */
    async show(
      tenancy: Tenancy,
      order: { profileId: string; to: string; state?: TypingState | null; duration?: number | null },
    ) {
      const { profileId } = order;
      const sender = await deps.senders.get(tenancy, profileId);
      const dialled = parseChatId(order.to, sender.defaultCountry ?? deps.defaultCountry);
      if (!['user', 'group'].includes(chatKind(dialled))) {
        throw new Failure('INVALID_RECIPIENT', { says: 'Typing shows in chats and groups only.' });
      }
      const chat = await inTransaction(db, (tx) => chatReachedBy(tx, profileId, dialled));
      const state = order.state ?? 'composing';
      const ms = order.duration || usualMs;
      const live = deps.live(profileId);
      if (live) here(live, chat, state, ms);
      else if (await isConnected(db, profileId)) deps.tellOwner(`${profileId}/${chat}/${state}/${ms}`);
      else throw new Failure('PROFILE_NOT_CONNECTED');
      return { success: true, state, to: chat };
    },

    /** What another node was asked. */
    heard(words: string): void {
      const [profileId = '', chat = '', state, ms] = words.split('/');
      const live = deps.live(profileId);
      if (live) here(live, storedChat(chat), state as TypingState, Number(ms));
    },

    /** Lets go of everything that is shown; phones forget it. */
    stop(): void {
      for (const end of shown.values()) end.abort();
      shown.clear();
    },
  };
}

export type Typing = ReturnType<typeof createTyping>;
