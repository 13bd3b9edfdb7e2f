/** What the sandbox network answers, as far as pages show it; its own description is at its `/api/docs`. */
export interface SandboxDevice {
  device: number;
  platform: string;
  state: 'offline' | 'connecting' | 'active';
  pending: number;
  pairedAt: number;
}

export interface SandboxPhone {
  number: string;
  name: string;
  online: boolean;
  devices: SandboxDevice[];
  chats: { chat: string; messages: number; unread: number }[];
  typing: { chat: string; from: string; media: 'text' | 'audio'; at: number }[];
}

/** What a phone shows of a message. */
export interface SandboxMessage {
  seq: number;
  id: string;
  chat: string;
  from: string;
  fromMe: boolean;
  type: string;
  text: string;
  quoted?: { id: string; text: string };
  content: {
    thumbnail?: string;
    fileName?: string;
    seconds?: number;
    location?: { latitude: number; longitude: number };
    poll?: { options: { name: string; votes: number }[] };
    reactions?: { from: string; text: string }[];
    edited?: boolean;
    target?: string;
  };
  status: 'sent' | 'delivered' | 'read' | 'played' | 'received';
  timestamp: number;
}

export interface SandboxGroup {
  jid: string;
  subject: string;
  members: { number: string; name: string }[];
}

export interface FaultKind {
  name: string;
  what: string;
  stage: string;
  times: number | null;
  code: number | null;
}

export interface Fault {
  id: string;
  name: string;
  number?: string;
  device?: number;
  code?: number;
  hits: number;
  left: number | null;
  startsAt: number;
  endsAt?: number;
}

export interface FaultOrder {
  name: string;
  number?: string;
  count?: number;
  forMs?: number;
  code?: number;
}

/** One stanza, or one thing that became of a message. */
export interface LedgerLine {
  seq: number;
  time: number;
  kind: string;
  direction: 'in' | 'out' | '';
  number: string;
  device: number;
  tag: string;
  messageId: string;
  type: string;
  from: string;
  to: string;
  enc: string;
  flags: string;
  text: string;
}

export interface FindingKind {
  name: string;
  what: string;
  right: string;
}

/** What a person on a phone sends; `type` says which fields it has. */
export type PhoneMessage = { to: string; type: string } & Record<string, unknown>;
