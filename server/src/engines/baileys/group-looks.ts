import type { GroupMetadata, GroupParticipant, WASocket } from 'baileys';
import type { ChatId } from '../../platform/chat-id.ts';
import { EngineGone, type Person } from '../port.ts';
import { createBoundedMap } from './bounded-map.ts';
import { toJid, toPerson } from './ids.ts';

const groupsMax = 500;
/** Whoever takes back messages they may not costs one question in this time. */
const freshMs = 30_000;

/** What the network says of a group; asked at most once in half a minute for each. */
export interface GroupLooks {
  admins(socket: WASocket, chat: ChatId): Promise<Person[]>;
  members(socket: WASocket, chat: ChatId): Promise<Person[]>;
  /** Whether its members are named by linked identity. */
  isByLid(socket: WASocket, chat: ChatId): Promise<boolean>;
}

export function createGroupLooks(): GroupLooks {
  const asked = createBoundedMap<ChatId, { atMs: number; group: Promise<GroupMetadata> }>(groupsMax);

  function look(socket: WASocket, chat: ChatId): Promise<GroupMetadata> {
    const last = asked.get(chat);
    if (last && performance.now() - last.atMs < freshMs) return last.group;
    const group = ask(socket, chat).catch((error: unknown) => {
      asked.delete(chat);
      throw error;
    });
    asked.set(chat, { atMs: performance.now(), group });
    return group;
  }

  return {
    async admins(socket, chat) {
      const { participants } = await look(socket, chat);
      return participants.filter(({ admin }) => admin).map(personOf);
    },
    members: async (socket, chat) => (await look(socket, chat)).participants.map(personOf),
    isByLid: async (socket, chat) => (await look(socket, chat)).addressingMode === 'lid',
  };
}

const personOf = ({ id, lid, phoneNumber }: GroupParticipant) => toPerson([id, lid, phoneNumber]);

async function ask(socket: WASocket, chat: ChatId): Promise<GroupMetadata> {
  try {
    return await socket.groupMetadata(toJid(chat));
  } catch (error) {
    throw new EngineGone(`WhatsApp did not tell about a group: ${(error as Error).message}.`);
  }
}
