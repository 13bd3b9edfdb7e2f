import type { Engine } from '../port.ts';
import { baileysKeeps } from './baileys.keeps.ts';
import { capabilities } from './capabilities.ts';
import { createCommit } from './commit.store.ts';
import { newMessageId } from './ids.ts';
import { forgetLogin, hasCredentials } from './login.store.ts';
import { createTrust } from './media/trust.ts';
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
  const engine = {
    ...options,
    timings: { ...usualTimings, ...options.timings },
    trust: createTrust(options.certificate),
    commit: createCommit(options.db),
  };
  return {
    name: options.name,
    keeps: baileysKeeps,
    can: capabilities,
    newMessageId,
    open: (session) => createSession(engine, session),
    isPaired: (profileId) => hasCredentials(options.db, profileId),
    forget: forgetLogin,
  };
}

export type { BaileysEngineOptions } from './options.ts';
