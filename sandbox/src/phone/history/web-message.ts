import { proto } from 'baileys';
import type { Directory } from '../../accounts/directory.ts';
import { chatJid } from '../app-state/names.ts';
import type { HistoryRow, HistoryRows } from './rows.ts';

const { Status, StubType } = proto.WebMessageInfo;
const STATUS_OF = {
  sent: Status.SERVER_ACK,
  received: Status.DELIVERY_ACK,
  delivered: Status.DELIVERY_ACK,
  read: Status.READ,
  played: Status.PLAYED,
};

/** Reactions by the id of the message they are about. */
export type Reactions = ReadonlyMap<string, proto.IReaction[]>;

export function keyOf(directory: Directory, row: HistoryRow): proto.IMessageKey {
  const remoteJid = chatJid(directory, row.chat);
  const key = { remoteJid, fromMe: row.from_me === 1, id: row.id };
  const isShared = !key.fromMe && /@(g\.us|broadcast)$/.test(remoteJid);
  return isShared ? { ...key, participant: chatJid(directory, row.sender) } : key;
}

const REACTIONS_A_TURN = 250;

/** The last reaction of each person to each message; one that was taken back is none. Lets other work in between. */
export async function recallReactions(
  directory: Directory,
  rows: HistoryRows,
  number: string,
): Promise<Reactions> {
  const byMessage = new Map<string, Map<string, proto.IReaction>>();
  for (let after = 0; ; await new Promise((resolve) => setImmediate(resolve))) {
    const some = rows.reactions(number, after, REACTIONS_A_TURN);
    for (const row of some) note(byMessage, directory, row);
    after = some.at(-1)?.seq ?? after;
    if (some.length < REACTIONS_A_TURN) break;
  }
  return new Map([...byMessage].map(([id, bySender]) => [id, [...bySender.values()]]));
}

function note(
  byMessage: Map<string, Map<string, proto.IReaction>>,
  directory: Directory,
  row: HistoryRow,
): void {
  const { reactionMessage } = proto.Message.decode(row.content);
  const id = reactionMessage?.key?.id;
  if (!id) return;
  const bySender = byMessage.get(id) ?? new Map<string, proto.IReaction>();
  const text = reactionMessage.text ?? '';
  if (text === '') bySender.delete(row.sender);
  else bySender.set(row.sender, { key: keyOf(directory, row), text, senderTimestampMs: row.timestamp });
  byMessage.set(id, bySender);
}

/** A message of the phone as history tells it: as it stands now, with what was edited, taken back and reacted. */
export function webMessage(
  directory: Directory,
  row: HistoryRow,
  reactions: Reactions,
): proto.IWebMessageInfo {
  const key = keyOf(directory, row);
  const told = {
    key,
    ...(key.participant && { participant: key.participant }),
    messageTimestamp: Math.floor(row.timestamp / 1000),
    status: STATUS_OF[row.status],
    reactions: reactions.get(row.id) ?? [],
  };
  if (row.type === 'revoked') return { ...told, messageStubType: StubType.REVOKE };
  return { ...told, message: proto.Message.decode(row.content) };
}
