import type { proto } from 'baileys';
import type { OutgoingMessage } from '../../port.ts';
import { contextOf, type Route } from './context.ts';

/** Phones know polls with one answer by a field of their own. */
export function poll(message: OutgoingMessage<'poll'>, route: Route): proto.IMessage {
  const { question: name, options, choicesMax = 0, secret } = message;
  const creation = {
    name,
    options: options.map((optionName) => ({ optionName })),
    selectableOptionsCount: choicesMax,
    ...contextOf(message, route),
  };
  return {
    messageContextInfo: { messageSecret: Buffer.from(secret, 'base64') },
    ...(choicesMax === 1 ? { pollCreationMessageV3: creation } : { pollCreationMessage: creation }),
  };
}
