import type { ChatId } from '../platform/chat-id.ts';
import type { ChatFact, Person } from './chats.ts';

/* Groups as engines and the rest speak of them; a part of the port. */

export type GroupRole = 'member' | 'admin' | 'superadmin';

/** A member is known by at least one address. */
export interface GroupMember extends Person {
  role: GroupRole;
}

/** What admins decide about a group. */
export interface GroupSettings {
  subject: string;
  description: string | null;
  onlyAdminsWrite: boolean;
  onlyAdminsEdit: boolean;
  everybodyAdds: boolean;
  adminsApprove: boolean;
  /** 0: its messages stay. */
  expirationSeconds: number;
}

/** A group; a community, which is a roof over groups; or the group in which all of a community are told things. */
export type GroupKind = 'group' | 'community' | 'announcements';

/** A group as the network knows it now. */
export interface GroupInfo extends GroupSettings {
  chat: ChatId;
  kind: GroupKind;
  /** The community that it belongs to. */
  parent: ChatId | null;
  owner: Person | null;
  createdAt: Date | null;
  memberCount: number;
  /** Absent where the network shows an outline only, as of a link. */
  members?: GroupMember[];
}

/** What has happened in a group, told by the network. */
export type GroupChange =
  | { is: 'entered'; group: GroupInfo; how: 'created' | 'added' | 'joined' }
  | { is: 'joined' | 'left' | 'promoted' | 'demoted'; people: Person[] }
  | { is: 'set'; settings: Partial<GroupSettings> }
  | { is: 'new-link'; code: string }
  /** Another one, which `version` names, or none any more. */
  | { is: 'picture'; version: string | null }
  | { is: 'requests'; people: Person[]; open: boolean }
  | { is: 'ended' }
  /** Something that only a look at the group tells. */
  | { is: 'unclear' };

export interface GroupNews {
  chat: ChatId;
  at: Date;
  by?: Person;
  change: GroupChange;
}

/** What became of one of the people that a change names. */
export interface MemberResult {
  /** As it was asked for. */
  asked: ChatId;
  outcome:
    | 'done'
    /** Is in it, or has that role, already. */
    | 'already'
    /** Is not in it, or has asked for nothing. */
    | 'absent'
    | 'not-on-network'
    /** Lets only some people add them: an invitation may be sent. */
    | 'private'
    | 'full'
    | 'refused';
  /** The network's own number for a refusal. */
  code?: number;
  /** By what the group names the person, where that is known. */
  person?: Person;
  /** What a message may invite the person with. */
  invitation?: { code: string; until: Date };
}

export interface JoinRequest {
  person: Person;
  /** By a link, or proposed by a member. */
  how: 'link' | 'member';
  at: Date | null;
}

export type MemberAction = 'add' | 'remove' | 'promote' | 'demote';

/**
 * Asks the network about groups, and changes them. Whatever the network refuses is an EngineRefusal with its number:
 * 401 or 403 for what is for admins or members only, 404 for a group that is not there, 410 for an invitation that is
 * not good any more, 419 for a full group.
 *
 * A change is answered after the listener was told what the network had told before: whoever stores both stores them in
 * the order in which they happened.
 */
export interface GroupPower {
  /** What the network knows of a group now; undefined when we are not in it. @throws EngineGone */
  about(chat: ChatId): Promise<ChatFact | undefined>;
  /** What we are in a group as the network knows it now; undefined when we are not in it. @throws EngineGone */
  standing(chat: ChatId): Promise<{ isAdmin: boolean; mayWrite: boolean; mayPin: boolean } | undefined>;
  /** The members who may take back messages of others. @throws EngineGone when the network does not say. */
  admins(chat: ChatId): Promise<Person[]>;
  /** All that a member may know of a group; undefined when we are not in it. @throws EngineGone */
  look(chat: ChatId): Promise<GroupInfo | undefined>;
  /** Every group that we are in, by one question. Each is read when it is asked for. @throws EngineGone */
  all(): Promise<{ count: number; read(): Iterable<GroupInfo> }>;
  /** @throws EngineRefusal, EngineGone */
  create(subject: string, people: readonly ChatId[]): Promise<{ group: GroupInfo; results: MemberResult[] }>;
  /** Each of the people has a result of their own. @throws EngineRefusal, EngineGone */
  changeMembers(chat: ChatId, action: MemberAction, people: readonly ChatId[]): Promise<MemberResult[]>;
  /** Changes one thing after the other. @throws EngineRefusal, EngineGone */
  set(chat: ChatId, settings: Partial<GroupSettings>): Promise<void>;
  leave(chat: ChatId): Promise<void>;
  /** The code of the link that lets people in. @throws EngineRefusal, EngineGone */
  inviteCode(chat: ChatId): Promise<string>;
  /** Makes another one; the old one leads nowhere. @throws EngineRefusal, EngineGone */
  renewInviteCode(chat: ChatId): Promise<string>;
  /** The group behind a link, in outline. @throws EngineRefusal, EngineGone */
  behind(code: string): Promise<GroupInfo>;
  /** Follows a link. `waits`: an admin has to let us in. @throws EngineRefusal, EngineGone */
  join(code: string): Promise<{ chat: ChatId; waits: boolean }>;
  /** Follows an invitation that a member sent us. @throws EngineRefusal, EngineGone */
  accept(chat: ChatId, invitation: { code: string; until: Date; from: ChatId }): Promise<void>;
  /** Who wants to be let in. @throws EngineRefusal, EngineGone */
  requests(chat: ChatId): Promise<JoinRequest[]>;
  decide(chat: ChatId, action: 'approve' | 'reject', people: readonly ChatId[]): Promise<MemberResult[]>;
  /** Sets the picture, a square JPEG, or takes it away; answers the network's name of it. @throws EngineRefusal, EngineGone */
  setPicture(chat: ChatId, jpeg: Buffer | null): Promise<string | undefined>;
  /** Undefined when there is none, or when we may not see it. @throws EngineGone */
  pictureOf(chat: ChatId): Promise<{ version: string; jpeg: Buffer } | undefined>;
}
