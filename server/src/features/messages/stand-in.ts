import type { IncomingMessage } from '../../engines/port.ts';

/** As little as possible of a message that can't be stored: who wrote where and when. */
export function standIn(
  { id, chat, chatAlias, sender, ...message }: IncomingMessage,
  now: Date,
): IncomingMessage {
  const { phone, lid } = sender;
  const isPast = message.timestamp.getTime() > 0 && message.timestamp <= now;
  return {
    id,
    chat,
    ...(chatAlias && { chatAlias }),
    sender: { ...(phone && { phone }), ...(lid && { lid }) },
    fromMe: message.fromMe,
    timestamp: isPast ? message.timestamp : now,
    content: {
      type: 'unsupported',
      code: 'UNSTORABLE',
      reason: 'The database refused what was sent; see the log of the server.',
    },
    late: message.late,
  };
}
