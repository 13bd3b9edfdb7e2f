import { chatKind, tryParseChatId } from '../../platform/chat-id.ts';
import { type Addresses, addressesOf } from './people.store.ts';

/** The person with a number or chat id as somebody writes it; undefined for what is neither. */
export function readPerson(written: string, country: string): Addresses | undefined {
  const chat = tryParseChatId(written, country);
  return chat && chatKind(chat) === 'user' ? addressesOf(chat) : undefined;
}
