import type { Conversation } from '@multiwa/sdk';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { markRead } from './mark-read.ts';

const subscribe = (hear: () => void): (() => void) => {
  document.addEventListener('visibilitychange', hear);
  return () => document.removeEventListener('visibilitychange', hear);
};

/** What is in sight of somebody is read: here, and for those who wrote. */
export function useMarkRead({ id, unreadCount, isMarkedUnread }: Conversation, isInSight: boolean): void {
  const cache = useQueryClient();
  const isSeen = useSyncExternalStore(subscribe, () => !document.hidden) && isInSight;
  const opened = useRef<string>(undefined);
  useEffect(() => {
    if (!isSeen) return;
    // A mark that somebody sets while looking at it stays until it is opened again.
    const isDue = unreadCount > 0 || (isMarkedUnread && opened.current !== id);
    opened.current = id;
    if (isDue) void markRead(cache, id);
  }, [cache, id, isSeen, isMarkedUnread, unreadCount]);
}
