import type { GroupMetadata, GroupParticipant, WASocket } from 'baileys';
import type { ChatId } from '../../platform/chat-id.ts';
import { EngineGone, type Person } from '../port.ts';
import { createBoundedMap } from './bounded-map.ts';
import { toJid, toPerson } from './ids.ts';

const groupsMax = 500;
/** Members who keep trying to take back messages of others cost one query in this time. */
const freshMs = 30_000;

/** Groups as the network describes them; each is asked for at most once in half a minute. */
export interface GroupLooks {
  admins(socket: WASocket, chat: ChatId): Promise<Person[]>;
  members(socket: WASocket, chat: ChatId): Promise<Person[]>;
  /** Whether its members are named by linked identity. */
  isByLid(socket: WASocket, chat: ChatId): Promise<boolean>;
}

export function createGroupLooks(): GroupLooks {
  const answers = createBoundedMap<ChatId, { atMs: number; group: Promise<GroupMetadata> }>(groupsMax);

  function look(socket: WASocket, chat: ChatId): Promise<GroupMetadata> {
    const answer = answers.get(chat);
    if (answer && performance.now() - answer.atMs < freshMs) return answer.group;
    const group = ask(socket, chat).catch((error: unknown) => {
      answers.delete(chat);
      throw error;
    });
    answers.set(chat, { atMs: performance.now(), group });
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
