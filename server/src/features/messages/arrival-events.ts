import { undecryptedType } from './kinds/undecrypted.ts';
import {
  callEnded,
  channelReceived,
  groupChanged,
  messageReceived,
  messageUndecrypted,
} from './messages.events.ts';

/** What is told of something that came in; only messages of people are such as may be answered. */
export function arrivalOf(type: string, conversation: string) {
  if (type === undecryptedType) return messageUndecrypted;
  if (type === 'call') return callEnded;
  if (type === 'group-change') return groupChanged;
  return conversation === 'newsletter' ? channelReceived : messageReceived;
}
