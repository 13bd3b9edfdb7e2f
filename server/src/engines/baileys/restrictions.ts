import type { BaileysEventMap, ConnectionState, WASocket } from 'baileys';
import { EngineRefusal, type Restriction } from '../port.ts';

/** By this code the network refuses the first words to somebody. */
const noNewChats = 463;
const askedMsMin = 60_000;

/** What an account is kept from, as the network tells it by itself, and when it refuses the first words to somebody. */
export function createRestrictions(tell: (change: Restriction) => Promise<void>) {
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let asking = 0;

  return {
    changed({ reachoutTimeLock: lock }: Partial<ConnectionState>): void {
      if (!lock || (asking > 0 && !lock.isActive)) return;
      const { timeEnforcementEnds: until, enforcementType } = lock;
      const isMoment = until instanceof Date && until.getTime() > 0;
      const newChats = { until: isMoment ? until : null, why: enforcementType ?? null };
      void tell({ newChats: lock.isActive ? newChats : null });
    },

    capped(cap: BaileysEventMap['message-capping.update']): void {
      const [total, used] = [Number(cap.total_quota), Number(cap.used_quota)];
      const isCap = cap.total_quota != null && Number.isInteger(total) && Number.isInteger(used);
      void tell({ newChatsCap: isCap ? { total, used } : null });
    },

    /** A refusal of this kind says neither why nor until when; the network is asked, once a minute at most. */
    async refused(socket: WASocket, error: unknown): Promise<void> {
      const isIt = error instanceof EngineRefusal && error.code === noNewChats;
      if (!isIt || performance.now() - askedAtMs < askedMsMin) return;
      askedAtMs = performance.now();
      asking += 1;
      // What it answers comes as `changed`; that nothing is active does not take the refusal back.
      await socket.fetchAccountReachoutTimelock().catch(() => undefined);
      asking -= 1;
    },
  };
}
