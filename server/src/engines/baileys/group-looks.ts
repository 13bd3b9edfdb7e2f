import type { GroupMetadata, GroupParticipant, WASocket } from 'baileys';
import type { ChatId } from '../../platform/chat-id.ts';
import { EngineGone, type Person } from '../port.ts';
import { createBoundedMap } from './bounded-map.ts';
import { toJid, toPerson } from './ids.ts';

const groupsMax = 500;
/** Members who keep trying to take back messages of others cost one query in this time. */
const freshMs = 30_000;

/** Groups as the network describes them; each is asked for at most once in half a minute and after each change. */
export interface GroupLooks {
  admins(socket: WASocket, chat: ChatId): Promise<Person[]>;
  members(socket: WASocket, chat: ChatId): Promise<Person[]>;
  /** What one of the members may do; undefined for whoever is none. */
  standing(
    socket: WASocket,
    chat: ChatId,
    isMember: (person: Person) => boolean,
  ): Promise<{ isAdmin: boolean; mayWrite: boolean; mayPin: boolean } | undefined>;
  /** What is known of it may no longer be so. */
  changed(chat: ChatId): void;
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
    async standing(socket, chat, isMember) {
      const group = await look(socket, chat).catch(noneOf);
      const member = group?.participants.find((one) => isMember(personOf(one)));
      const isAdmin = Boolean(member?.admin);
      const mayPin = isAdmin || !group?.restrict;
      return member && { isAdmin, mayWrite: isAdmin || !group?.announce, mayPin };
    },
    changed: (chat) => answers.delete(chat),
    async admins(socket, chat) {
      const { participants } = await look(socket, chat);
      return participants.filter(({ admin }) => admin).map(personOf);
    },
    members: async (socket, chat) => (await look(socket, chat)).participants.map(personOf),
    isByLid: async (socket, chat) => (await look(socket, chat)).addressingMode === 'lid',
  };
}

const personOf = ({ id, lid, phoneNumber }: GroupParticipant) => toPerson([id, lid, phoneNumber]);

/** The network does not tell about a group to whoever is not in it. */
class NotInGroup extends EngineGone {}

function noneOf(error: unknown): undefined {
  if (!(error instanceof NotInGroup)) throw error;
}

async function ask(socket: WASocket, chat: ChatId): Promise<GroupMetadata> {
  try {
    return await socket.groupMetadata(toJid(chat));
  } catch (error) {
    const code = Number((error as { data?: unknown }).data);
    const reason = `WhatsApp did not tell about a group: ${(error as Error).message}.`;
    throw code >= 400 && code < 429 ? new NotInGroup(reason) : new EngineGone(reason);
  }
}
