// Before anything of the protocol library is loaded: libsignal prints private keys.
import './amendments/silent-libsignal.ts';
import type { Engine } from '../port.ts';
import { baileysKeeps } from './baileys.keeps.ts';
import { capabilities } from './capabilities.ts';
import { newMessageId } from './ids.ts';
import type { BaileysEngineOptions } from './options.ts';
import { createSession } from './session.ts';
import { usualTimings } from './silence-watch.ts';

/** WhatsApp Web's own address. */
export const whatsappUrl = 'wss://web.whatsapp.com/ws/chat';

/**
 * WhatsApp through Baileys. Logins and Signal keys live encrypted in PostgreSQL; what is sent or received
 * survives the death of the process at any point.
 */
export function createBaileysEngine(options: BaileysEngineOptions): Engine {
  const engine = { ...options, timings: { ...usualTimings, ...options.timings } };
  return {
    name: options.name,
    keeps: baileysKeeps,
    can: capabilities,
    newMessageId,
    open: (session) => createSession(engine, session),
    async isPaired(profileId) {
      const row = await options.db
        .selectFrom('engine_credentials')
        .select('profile_id')
        .where('profile_id', '=', profileId)
        .executeTakeFirst();
      return row !== undefined;
    },
    async forget(tx, profileId) {
      await tx.deleteFrom('engine_credentials').where('profile_id', '=', profileId).execute();
      await tx.deleteFrom('engine_keys').where('profile_id', '=', profileId).execute();
      await tx.deleteFrom('engine_journal').where('profile_id', '=', profileId).execute();
    },
  };
}

export type { BaileysEngineOptions } from './options.ts';
