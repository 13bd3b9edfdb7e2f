import { setTimeout as pause } from 'node:timers/promises';
import {
  EngineGone,
  type EngineMessageId,
  EngineRefusal,
  type NamedMessage,
  type StateChange,
} from '../../../engines/port.ts';
import { type ChatId, storedChat } from '../../../platform/chat-id.ts';
import type { Json } from '../../../platform/db/json-column.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import type { Log } from '../../../platform/log.ts';
import type { Live } from '../../profiles/index.ts';
import { momentOf } from './apply-state.ts';
import { type ChatState, isPending, newestOf, pendingStates, settleState } from './chat-states.store.ts';

const batchMax = 50;
/** Between two tries, at first and at most. */
const [waitMsMin, waitMsMax] = [1_000, 60_000];

interface Run {
  again: boolean;
  /** Ends its rest. */
  wake: AbortController;
}

/**
 * Tells phones what was set here, one after the other as it was set. Only the last setting of each chat and field is kept, so
 * however long a profile was away, little is to be told. After a crash the same is told again, which changes nothing.
 */
export function createStateSender(deps: { db: Db; log: Log }) {
  const { db, log } = deps;
  const running = new WeakMap<Live, Run>();

  /** Answers whether nothing is left to tell. */
  async function flush(live: Live): Promise<boolean> {
    while (!live.ended.aborted) {
      const due = await pendingStates(db, live.profileId, batchMax);
      if (due.length === 0) return true;
      for (const state of due) {
        if (live.ended.aborted) return false;
        try {
          // Where the engine has no way to tell it, nothing is to be told.
          await live.session.state?.change(changeOf(state), await newest(live.profileId, state), () =>
            isPending(db, live.profileId, state),
          );
        } catch (error) {
          if (error instanceof EngineGone) return false;
          if (!(error instanceof EngineRefusal)) throw error;
          const about = { err: error, profileId: live.profileId, field: state.field };
          log.warn(about, 'WhatsApp does not take what was set for a chat; it holds here only');
        }
        await settleState(db, live.profileId, state);
      }
    }
    return false;
  }

  async function newest(profileId: string, { chat, value }: ChatState): Promise<NamedMessage[]> {
    const kept = value.newest as (Json & { at: string }) | undefined;
    if (kept) return [{ ...kept, at: new Date(kept.at) } as unknown as NamedMessage];
    const row = await newestOf(db, profileId, chat);
    const upTo = momentOf(value.upTo);
    // What came after it was read is not read.
    return row && !(upTo && row.at > upTo) ? [named(row)] : [];
  }

  async function follow(live: Live, run: Run): Promise<void> {
    for (let waitMs = waitMsMin; !live.ended.aborted; waitMs = Math.min(waitMs * 2, waitMsMax)) {
      run.again = false;
      run.wake = new AbortController();
      const isDone = await flush(live).catch((error: unknown) => {
        log.warn({ err: error, profileId: live.profileId }, 'what was set for chats waits to be told');
        return false;
      });
      if (isDone && !run.again) return;
      if (isDone) waitMs = waitMsMin;
      else {
        const signal = AbortSignal.any([live.ended, run.wake.signal]);
        await pause(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }

  /** There may be something to tell through this connection. */
  function run(live: Live): void {
    const under = running.get(live);
    if (under) {
      under.again = true;
      under.wake.abort();
      return;
    }
    const fresh: Run = { again: false, wake: new AbortController() };
    running.set(live, fresh);
    void follow(live, fresh).finally(() => {
      running.delete(live);
      if (fresh.again && !live.ended.aborted) run(live);
    });
  }

  return { run };
}

/** A message as others name it, in a form that JSON carries. */
export function named(row: { id: string; from_me: boolean; at: Date; sender: string | null }): NamedMessage {
  const sender = !row.from_me && row.sender ? { sender: storedChat(row.sender) } : {};
  return { id: row.id as EngineMessageId, fromMe: row.from_me, at: row.at, ...sender };
}

function changeOf({ chat: name, field, value, at }: ChatState): StateChange {
  const chat = storedChat(name);
  const upTo = momentOf(value.upTo);
  const bound = upTo ? { upTo } : {};
  switch (field) {
    case 'archived':
      return { kind: 'archived', chat, at, archived: value.archived === true };
    case 'pinned':
      return { kind: 'pinned', chat, at, pinned: value.pinned === true };
    case 'muted': {
      const until = momentOf(value.until);
      return { kind: 'muted', chat, at, muted: value.muted === true, ...(until && { until }) };
    }
    case 'read':
      return { kind: 'read', chat, at, read: value.read !== false, ...bound };
    case 'cleared':
    case 'deleted':
      return { kind: field, chat, at, ...bound };
    default:
      if (field.startsWith('star:')) return starOf(field.slice('star:'.length), chat, value, at);
      return {
        ...{ kind: 'labelled', chat, at, label: field.slice('label:'.length) },
        labelled: value.labelled === true,
      };
  }
}

function starOf(id: string, chat: ChatId, value: Json, at: Date): StateChange {
  const sender = typeof value.sender === 'string' ? { sender: storedChat(value.sender) } : {};
  return {
    ...{ kind: 'starred', chat, at, id: id as EngineMessageId, ...sender },
    ...{ fromMe: value.fromMe === true, starred: value.starred === true },
  };
}
