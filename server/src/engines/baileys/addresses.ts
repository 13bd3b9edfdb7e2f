import type { WASocket } from 'baileys';
import { type ChatId, phoneOf } from '../../platform/chat-id.ts';
import { EngineGone } from '../port.ts';
import { toChat, toJid } from './ids.ts';
import { explain } from './outbound.ts';

/**
 * The address of whoever is reached by a phone number. The contact query is the only one that WhatsApp answers for
 * a number as it is dialled: in some countries people are registered with a digit more or less.
 */
export async function addressOf(socket: WASocket, phone: ChatId): Promise<ChatId | undefined> {
  const found = await socket.onWhatsApp(toJid(phone)).catch((error: unknown) => {
    throw explain(error, 'WhatsApp could not be asked who has this number');
  });
  if (!found) throw new EngineGone('WhatsApp did not say who has this number.');
  const person = found.find(({ exists }) => exists);
  if (!person) return undefined;
  const address = toChat(person.jid);
  // An answer by linked identity says that the number is somebody's, and gives it no other form.
  return address && phoneOf(address) ? address : phone;
}
