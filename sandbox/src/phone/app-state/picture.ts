/** A moment that never comes: muted until the person lifts it. */
export const FOREVER = -1;

/** What a person has set for one chat. Moments are unix milliseconds. */
export interface ChatPicture {
  /** Muted until then; `FOREVER`, or null when it is not muted. */
  mutedUntil: number | null;
  pinnedAt: number | null;
  archivedAt: number | null;
  markedUnread: boolean;
  locked: boolean;
}

interface Label {
  name: string;
  color: number;
  /** Chats by JID. */
  readonly chats: Set<string>;
  /** Messages by `chat JID` + space + id. */
  readonly messages: Set<string>;
}

interface Starred {
  readonly chat: string;
  readonly id: string;
  readonly fromMe: boolean;
  readonly at: number;
}

/** What the patches of all collections add up to. Chats and contacts are JIDs, those of people by number, however the patches name them. */
export interface Picture {
  readonly chats: Map<string, ChatPicture>;
  readonly contacts: Map<string, string>;
  readonly labels: Map<string, Label>;
  readonly starred: Map<string, Starred>;
  /** When a chat was last emptied, and when it was last deleted; what was set before that is void, in whatever order it is read. */
  readonly clearedAt: Map<string, number>;
  readonly deletedAt: Map<string, number>;
  readonly quickReplies: Map<string, { readonly shortcut: string; readonly message: string }>;
  pushName: string | undefined;
  unarchiveChats: boolean;
  disableLinkPreviews: boolean;
}

export function emptyPicture(): Picture {
  return {
    chats: new Map(),
    contacts: new Map(),
    labels: new Map(),
    starred: new Map(),
    clearedAt: new Map(),
    deletedAt: new Map(),
    quickReplies: new Map(),
    pushName: undefined,
    unarchiveChats: false,
    disableLinkPreviews: false,
  };
}

export function chatIn(picture: Picture, jid: string): ChatPicture {
  const known = picture.chats.get(jid);
  if (known) return known;
  const chat = { mutedUntil: null, pinnedAt: null, archivedAt: null, markedUnread: false, locked: false };
  picture.chats.set(jid, chat);
  return chat;
}

/** Whether a chat lies in the archive; a message newer than that, at unix milliseconds, may have taken it out. */
export function isArchived({ unarchiveChats }: Picture, chat: ChatPicture, newestAt: number): boolean {
  return chat.archivedAt !== null && !(unarchiveChats && newestAt > chat.archivedAt);
}

export function labelIn(picture: Picture, id: string): Label {
  const known = picture.labels.get(id);
  if (known) return known;
  const label = { name: '', color: 0, chats: new Set<string>(), messages: new Set<string>() };
  picture.labels.set(id, label);
  return label;
}
