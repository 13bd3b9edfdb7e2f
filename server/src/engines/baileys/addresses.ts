import type { WASocket } from 'baileys';
import { type ChatId, phoneOf } from '../../platform/chat-id.ts';
import { EngineGone } from '../port.ts';
import { toChat, toJid } from './ids.ts';
import { explain } from './outbound.ts';

/**
 * The address of the account that a phone number belongs to. Only the contact query takes a number as it is dialled: in
 * some countries accounts are registered with a digit more or less.
 */
export async function addressOf(socket: WASocket, phone: ChatId): Promise<ChatId | undefined> {
  const answers = await socket.onWhatsApp(toJid(phone)).catch((error: unknown) => {
    throw explain(error, 'WhatsApp could not be asked who has this number');
  });
  if (!answers) throw new EngineGone('WhatsApp did not say who has this number.');
  const person = answers.find(({ exists }) => exists);
  if (!person) return undefined;
  const address = toChat(person.jid);
  // An answer by linked identity says that the number has an account, but not in which form it is registered.
  return address && phoneOf(address) ? address : phone;
}
