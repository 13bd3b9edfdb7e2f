import type { ScreenEvent } from './network.ts';
import type { SandboxMessage, SandboxPhone } from './network.types.ts';

/** What a phone shows now. */
export interface Screen {
  phone: SandboxPhone | undefined;
  /** By chat, in the order of the phone. */
  messages: ReadonlyMap<string, readonly SandboxMessage[]>;
}

export const darkScreen: Screen = { phone: undefined, messages: new Map() };

/** The screen after what came; a message that is told again takes its own place. */
export function screenAfter(before: Screen, seen: readonly ScreenEvent[]): Screen {
  let { phone } = before;
  const messages = new Map(before.messages);
  for (const one of seen) {
    if (one.is === 'phone') phone = one.phone;
    else messages.set(one.message.chat, placed(messages.get(one.message.chat) ?? [], one.message));
  }
  return { phone, messages };
}

function placed(chat: readonly SandboxMessage[], message: SandboxMessage): readonly SandboxMessage[] {
  const at = chat.findIndex(({ id }) => id === message.id);
  if (at >= 0) return chat.with(at, message);
  const last = chat.at(-1);
  if (!last || last.seq <= message.seq) return [...chat, message];
  return [...chat, message].toSorted((one, other) => one.seq - other.seq);
}

/** Chats as a phone lists them: the one with the newest message first. */
export function chatsOf({ phone, messages }: Screen) {
  const unread = new Map(phone?.chats.map(({ chat, unread }) => [chat, unread]));
  const names = new Set([...unread.keys(), ...messages.keys()]);
  return [...names]
    .map((chat) => ({ chat, unread: unread.get(chat) ?? 0, last: messages.get(chat)?.at(-1) }))
    .sort((one, other) => (other.last?.seq ?? 0) - (one.last?.seq ?? 0));
}
