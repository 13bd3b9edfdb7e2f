import type { GroupMetadata, GroupParticipant, WASocket } from 'baileys';
import type { ChatId } from '../../platform/chat-id.ts';
import { EngineGone, type Person } from '../port.ts';
import { toJid, toPerson } from './ids.ts';

const groupsMax = 500;
/** Of all groups that are remembered; a member takes about 300 bytes. */
const membersMax = 10_000;
/** Members who keep trying to take back messages of others cost one query in this time. */
const freshMs = 30_000;
/** Every change is told while a connection is up; so long at most a message goes by what is known without one. */
const freshForSendingMs = 600_000;

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
  /** Whom a message is for: asked for when nothing is known, and after a change. Fails as Baileys' own question does. */
  forSending(socket: WASocket, chat: ChatId): Promise<GroupMetadata>;
}

interface Look {
  atMs: number;
  group: Promise<GroupMetadata>;
  members: number;
}

export function createGroupLooks(): GroupLooks {
  /** What was used longest ago comes first. */
  const looks = new Map<ChatId, Look>();

  function look(socket: WASocket, chat: ChatId, msMax = freshMs): Promise<GroupMetadata> {
    const known = looks.get(chat);
    looks.delete(chat);
    const isFresh = known && performance.now() - known.atMs < msMax;
    const one = isFresh
      ? known
      : { atMs: performance.now(), group: socket.groupMetadata(toJid(chat)), members: 0 };
    looks.set(chat, one);
    if (!isFresh) {
      const forget = () => looks.get(chat) === one && looks.delete(chat);
      one.group.then(({ participants }) => {
        one.members = participants.length;
        keepBound();
      }, forget);
    }
    return one.group;
  }

  function keepBound(): void {
    let members = 0;
    for (const one of looks.values()) members += one.members;
    for (const [chat, one] of looks) {
      if (looks.size === 1 || (looks.size <= groupsMax && members <= membersMax)) return;
      looks.delete(chat);
      members -= one.members;
    }
  }

  const known = (socket: WASocket, chat: ChatId) => look(socket, chat).catch(failedLook);
  return {
    async standing(socket, chat, isMember) {
      const group = await known(socket, chat).catch(noneOf);
      const member = group?.participants.find((one) => isMember(personOf(one)));
      const isAdmin = Boolean(member?.admin);
      const mayPin = isAdmin || !group?.restrict;
      return member && { isAdmin, mayWrite: isAdmin || !group?.announce, mayPin };
    },
    changed: (chat) => void looks.delete(chat),
    async admins(socket, chat) {
      const { participants } = await known(socket, chat);
      return participants.filter(({ admin }) => admin).map(personOf);
    },
    members: async (socket, chat) => (await known(socket, chat)).participants.map(personOf),
    isByLid: async (socket, chat) => (await known(socket, chat)).addressingMode === 'lid',
    forSending: (socket, chat) => look(socket, chat, freshForSendingMs),
  };
}

const personOf = ({ id, lid, phoneNumber }: GroupParticipant) => toPerson([id, lid, phoneNumber]);

/** The network does not tell about a group to whoever is not in it. */
class NotInGroup extends EngineGone {}

function noneOf(error: unknown): undefined {
  if (!(error instanceof NotInGroup)) throw error;
}

function failedLook(error: unknown): never {
  const code = Number((error as { data?: unknown }).data);
  const reason = `WhatsApp did not tell about a group: ${(error as Error).message}.`;
  throw code >= 400 && code < 429 ? new NotInGroup(reason) : new EngineGone(reason);
}
