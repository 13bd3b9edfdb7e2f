import type { proto } from 'baileys';
import type { OutgoingMessage } from '../../port.ts';
import { contextOf, type Route } from './context.ts';

/** One card is shown with its name, several as a list under a name of its own. */
export function contact(message: OutgoingMessage<'contact'>, route: Route): proto.IMessage {
  const cards = message.contacts.map(({ name: displayName, vcard }) => ({ displayName, vcard }));
  const context = contextOf(message, route);
  const [card] = cards;
  if (card && cards.length === 1) return { contactMessage: { ...card, ...context } };
  const displayName = cards.map((one) => one.displayName).join(', ');
  return { contactsArrayMessage: { displayName, contacts: cards, ...context } };
}
