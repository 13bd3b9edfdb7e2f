import type { Message } from '@multiwa/sdk';
import { useSyncExternalStore } from 'react';

/** What a person sends: words, or a file with words below it. */
export type Sending =
  | { kind: 'text'; text: string }
  | { kind: 'file'; file: File; as: FileKind; caption: string };
export type FileKind = 'image' | 'video' | 'audio' | 'document';

/** A send of this tab for which the server has not answered yet. */
export interface Pending {
  /** Of this send alone: the server knows it again by it, however often it is asked. */
  reference: string;
  /** Absent while the chat is none yet. */
  conversationId: string | undefined;
  profileId: string;
  to: string;
  sending: Sending;
  quoted?: Message | undefined;
  at: string;
  /**
   * `saving`: on its way to the server. `uploading`: its file is. `waiting`: the server can't be reached. `refused`: it has
   * said no.
   */
  state: 'saving' | 'uploading' | 'waiting' | 'refused';
  /** Of the file, between 0 and 1. */
  progress?: number;
  error?: unknown;
  /** The file, once it is there. */
  uploaded?: Uploaded;
}

/** A file that the server has. */
export interface Uploaded {
  id: string;
  url: string;
  thumbnailUrl: string | null;
  mimeType: string;
  size: number;
  filename: string;
  width: number | null;
  height: number | null;
  durationMs: number | null;
}

const hearers = new Set<() => void>();
let all: readonly Pending[] = [];

const warn = (event: BeforeUnloadEvent): void => event.preventDefault();

function become(next: readonly Pending[]): void {
  all = next;
  // What has not left the tab is lost with it.
  if (all.length > 0) addEventListener('beforeunload', warn);
  else removeEventListener('beforeunload', warn);
  for (const hear of hearers) hear();
}

const subscribe = (hear: () => void): (() => void) => {
  hearers.add(hear);
  return () => void hearers.delete(hear);
};

/** Sends that the server has not answered, in the order in which they were made. They last as long as the tab. */
export const outbox = {
  all: (): readonly Pending[] => all,
  find: (reference: string): Pending | undefined => all.find((pending) => pending.reference === reference),
  add: (pending: Pending): void => become([...all, pending]),
  change: (reference: string, change: Partial<Pending>): void =>
    become(all.map((pending) => (pending.reference === reference ? { ...pending, ...change } : pending))),
  remove(reference: string): void {
    if (outbox.find(reference)) become(all.filter((pending) => pending.reference !== reference));
  },
  clear: (): void => become([]),
};

export const useOutbox = (): readonly Pending[] => useSyncExternalStore(subscribe, outbox.all);
