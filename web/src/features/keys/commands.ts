import { type CreateApiKey, deleteApiKeyById, postApiKeys } from '@multiwa/sdk';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { client } from '../../session/index.ts';
import { sayProblem } from '../../ui/index.ts';

/** So long a revocation can be taken back. */
const undoMs = 5_000;

/** Makes a key; the answer is the only place that has it, and it is kept nowhere but where it is shown. */
export function useMakeKey() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: CreateApiKey) => postApiKeys({ client, body }),
    gcTime: 0,
    onSuccess: () => cache.invalidateQueries({ queryKey: ['api-keys'] }),
  });
}

/** Keys that are about to be revoked; those that still are when the page is left are revoked at once. */
export function useRevoking() {
  const cache = useQueryClient();
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>());
  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set());

  const forget = useCallback((id: string) => {
    clearTimeout(timers.current.get(id));
    timers.current.delete(id);
    setLeaving(new Set(timers.current.keys()));
  }, []);
  const revoke = useCallback(
    async (id: string) => {
      clearTimeout(timers.current.get(id));
      try {
        // `keepalive`: also when the page is closed meanwhile.
        await deleteApiKeyById({ client, path: { id }, keepalive: true });
      } catch (error) {
        sayProblem(error);
      }
      await cache.invalidateQueries({ queryKey: ['api-keys'] });
      forget(id);
    },
    [cache, forget],
  );
  useEffect(() => {
    const all = () => {
      for (const id of timers.current.keys()) void revoke(id);
    };
    addEventListener('pagehide', all);
    return () => {
      removeEventListener('pagehide', all);
      all();
    };
  }, [revoke]);

  return {
    leaving,
    begin(id: string) {
      timers.current.set(
        id,
        setTimeout(() => void revoke(id), undoMs),
      );
      setLeaving(new Set(timers.current.keys()));
    },
    undo: forget,
  };
}
