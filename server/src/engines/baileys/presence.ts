import type { WASocket } from 'baileys';
import type { ChatId } from '../../platform/chat-id.ts';
import type { PresencePower } from '../port.ts';
import { toJid } from './ids.ts';
import { explain } from './outbound.ts';

/**
 * Phones show what somebody does who is online; afterwards we are not, or the account's own phone would stay silent
 * about what comes in.
 */
export async function showPresence(
  socket: WASocket,
  chat: ChatId,
  state: Parameters<PresencePower['show']>[1],
): Promise<void> {
  try {
    if (state !== 'paused') await socket.sendPresenceUpdate('available');
    await socket.sendPresenceUpdate(state, toJid(chat));
    if (state === 'paused') await socket.sendPresenceUpdate('unavailable');
  } catch (error) {
    throw explain(error, 'It could not be shown');
  }
}
