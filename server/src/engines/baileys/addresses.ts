import { USyncContactProtocol, USyncQuery, USyncUser, type WASocket } from 'baileys';
import { type ChatId, lidChat, localPart, phoneOf } from '../../platform/chat-id.ts';
import { EngineGone } from '../port.ts';
import { toChat } from './ids.ts';
import { explain } from './outbound.ts';

/**
 * The addresses of the accounts that phone numbers belong to, in their order. Only the contact query takes a number as it
 * is dialled: in some countries accounts are registered with a digit more or less. Each answer repeats what it is about.
 */
export async function addressesOf(
  socket: WASocket,
  phones: readonly ChatId[],
): Promise<(ChatId | undefined)[]> {
  const query = new USyncQuery();
  query.protocols.push(dialledProtocol);
  for (const phone of phones) query.withUser(new USyncUser().withPhone(`+${localPart(phone)}`));
  const answers = await socket.executeUSyncQuery(query).catch((error: unknown) => {
    throw explain(error, 'WhatsApp could not be asked who has this number');
  });
  if (!answers) throw new EngineGone('WhatsApp did not say who has this number.');
  const addressBy = new Map<string, ChatId | undefined>();
  for (const { id, contact } of answers.list) {
    const { isIn, dialled } = contact as Dialled;
    const address = toChat(id);
    if (isIn) addressBy.set(dialled || localPart(address ?? lidChat('')), address);
  }
  return phones.map((phone) => {
    const digits = localPart(phone);
    if (!addressBy.has(digits)) return undefined;
    const address = addressBy.get(digits);
    // An answer by linked identity says that the number has an account, but not in which form it is registered.
    return address && phoneOf(address) ? address : phone;
  });
}

interface Dialled {
  isIn: boolean;
  /** Bare digits, as they were asked for. */
  dialled: string;
}

const asked = new USyncContactProtocol();
/** Baileys' own reads only whether there is an account. */
const dialledProtocol: USyncQuery['protocols'][number] = {
  name: asked.name,
  getQueryElement: () => asked.getQueryElement(),
  getUserElement: (user) => asked.getUserElement(user),
  parser({ attrs, content }): Dialled {
    const text = content instanceof Uint8Array ? Buffer.from(content).toString() : '';
    return { isIn: attrs.type === 'in', dialled: text.replace(/\D/g, '') };
  },
};
