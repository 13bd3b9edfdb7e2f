import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { sayProblem } from '../../ui/index.ts';
import { readAround, readNewest, threadKey } from './queries.ts';
import type { Thread } from './thread.ts';

/**
 * Has the message of the address read when it is not held. `place` is another one whenever another stretch of the
 * conversation was read.
 */
export function useSoughtMessage(
  conversationId: string,
  sought: string | undefined,
): { isReading: boolean; place: string } {
  const cache = useQueryClient();
  const held = () => cache.getQueryData<Thread>(threadKey(conversationId));
  const isHeld = () =>
    held()?.messages.some(({ id, waMessageId }) => id === sought || waMessageId === sought) === true;
  const [place, setPlace] = useState('newest');
  const [failed, setFailed] = useState<string>();
  const isReading = sought !== undefined && place !== sought && failed !== sought && !isHeld();
  useEffect(() => {
    if (!isReading || sought === undefined) return;
    readAround(cache, conversationId, sought).then(
      () => setPlace(sought),
      (error: unknown) => {
        sayProblem(error);
        setFailed(sought);
      },
    );
  }, [cache, conversationId, isReading, sought]);
  // Whoever comes for nothing in particular begins at the end, wherever they were the last time.
  const isPast = useRef(sought === undefined && held()?.hasNewer === true);
  useEffect(() => {
    if (!isPast.current) return;
    isPast.current = false;
    readNewest(cache, conversationId).then(() => setPlace('newest again'), sayProblem);
  }, [cache, conversationId]);
  return { isReading, place };
}
