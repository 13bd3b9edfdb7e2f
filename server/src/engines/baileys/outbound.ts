import { isJidGroup, type proto, type WASocket } from 'baileys';
import { type ChatId, chatKind } from '../../platform/chat-id.ts';
import { EngineBusy, EngineGone, type EngineMessageId, EngineRefusal } from '../port.ts';
import { type Acks, busy, slowDown } from './acks.ts';
import { relayBeside } from './amendments/relay-beside.ts';
import { type Jid, toJid } from './ids.ts';
import { stanzaOf } from './to-wire/stanza.ts';

/** Refusals of a message that was encrypted for an outdated list of devices or members. */
const staleListCodes = [420, 421, 479];

interface OwnMessage {
  id: EngineMessageId;
  chat: ChatId;
  content: proto.IMessage;
  self: ChatId | undefined;
  /** Of a status update: who is to see it. */
  audience: readonly ChatId[] | undefined;
  /** Nothing leaves before it resolves. */
  kept: Promise<void> | undefined;
  /** What is known of the members of its group is outdated. */
  outdated(): void;
}

/**
 * Sends one message and waits for the server's acknowledgement; the ratchet is stored before its bytes leave. When
 * the server refuses it because the list of devices was outdated, it has reached nobody and is sent once more.
 * @throws EngineRefusal, EngineBusy, EngineGone
 */
export async function sendAndWait(socket: WASocket, acks: Acks, message: OwnMessage): Promise<void> {
  try {
    await attempt(socket, acks, message, { useUserDevicesCache: true });
  } catch (error) {
    if (!(error instanceof EngineRefusal && staleListCodes.includes(error.code))) throw error;
    message.outdated();
    await attempt(socket, acks, message, { useUserDevicesCache: false });
  }
}

async function attempt(
  socket: WASocket,
  acks: Acks,
  { id, chat, content, self, audience, kept }: OwnMessage,
  options: { useUserDevicesCache: boolean },
): Promise<void> {
  const jid = toJid(chat);
  const ack = acks.expect(id);
  try {
    const relay = (async () => {
      if (chatKind(chat) === 'user' && chat !== self) await assertReachable(socket, jid);
      const seenBy = audience && { statusJidList: await reachable(socket, self, audience) };
      const how = { messageId: id, ...options, ...stanzaOf(content), ...seenBy };
      await relayBeside(socket, kept, jid, content, how);
      ack.bytesLeft();
    })();
    await Promise.all([relay, ack.answered]);
  } catch (error) {
    ack.forget();
    // Where it was not kept, that is why.
    await kept;
    throw explain(error);
  }
}

const lookups = new WeakMap<WASocket, Map<Jid, Promise<number>>>();

/** For a number without devices Baileys would encrypt for nobody, and the server would acknowledge that. */
async function assertReachable(socket: WASocket, jid: Jid): Promise<void> {
  if ((await deviceCount(socket, jid)) === 0) throw new EngineRefusal(404, 'This number is not on WhatsApp.');
}

/** The people of an audience, and ourselves: our other devices show it, too. */
async function reachable(socket: WASocket, self: ChatId | undefined, audience: readonly ChatId[]) {
  const people = audience.filter((person) => person !== self).map(toJid);
  const devices = await socket.getUSyncDevices(people, true, false);
  if (devices.length === 0) throw new EngineRefusal(404, 'Nobody of the audience is on WhatsApp.');
  return [...people, ...(self ? [toJid(self)] : [])];
}

/** Messages sent at the same time share a look-up: each look-up of a new contact would begin a session anew. */
function deviceCount(socket: WASocket, jid: Jid): Promise<number> {
  const underWay = lookups.get(socket) ?? new Map<Jid, Promise<number>>();
  lookups.set(socket, underWay);
  const lookup =
    underWay.get(jid) ??
    socket
      .getUSyncDevices([jid], true, false)
      .then((devices) => devices.length)
      .finally(() => underWay.delete(jid));
  underWay.set(jid, lookup);
  return lookup;
}

/** A failure of Baileys before anything was sent, as an error of the port. */
export function explain(error: unknown, what = 'The message could not be sent'): Error {
  if ([EngineRefusal, EngineBusy, EngineGone].some((type) => error instanceof type)) return error as Error;
  const { message = '', data } = error as { message?: string; data?: unknown };
  if (data === slowDown || message.includes('rate-overlimit')) return busy();
  if (message === 'All encryptions failed') {
    return new EngineRefusal(412, 'None of the recipient’s devices offered a key to encrypt for.');
  }
  return new EngineGone(`${what}: ${message || 'unknown reason'}.`);
}

/** Marks messages as read; the account's privacy settings decide whether their senders learn of it. */
export async function markRead(
  socket: WASocket,
  messages: { id: EngineMessageId; chat: ChatId; sender?: ChatId }[],
): Promise<void> {
  const keys = messages.map(({ id, chat, sender }) => {
    const remoteJid = toJid(chat);
    const inGroup = isJidGroup(remoteJid) || chatKind(chat) === 'status';
    return { id, remoteJid, fromMe: false, ...(inGroup && sender ? { participant: toJid(sender) } : {}) };
  });
  try {
    await socket.readMessages(keys);
  } catch (error) {
    throw explain(error);
  }
}
