import {
  deleteProfileById,
  type Profile,
  type PutProfileByIdData,
  postMessageCancel,
  postProfileConnect,
  postProfileDisconnect,
  putProfileById,
} from '@multiwa/sdk';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../../session/index.ts';
import { say, sayProblem } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { profileQuery } from './queries.ts';
import { profilesWords } from './words/index.ts';

type One = Pick<Profile, 'id' | 'name'>;

/** Connects a profile; what becomes of it comes by events. */
export function useConnect() {
  const t = useWords(profilesWords);
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: One) => postProfileConnect({ client, path: { id } }),
    onSuccess: (_, { id, name }) => {
      say(t('connecting', { name }));
      void cache.invalidateQueries({ queryKey: profileQuery(id).queryKey });
    },
    onError: sayProblem,
  });
}

/** Disconnects it; with `isLogout` its device is removed from the phone as well. */
export function useDisconnect() {
  const t = useWords(profilesWords);
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, isLogout }: One & { isLogout?: boolean }) =>
      postProfileDisconnect({ client, path: { id }, body: { logout: isLogout === true } }),
    onSuccess: (_, { id, name }) => {
      say(t('disconnected', { name }));
      void cache.invalidateQueries({ queryKey: profileQuery(id).queryKey });
    },
    onError: sayProblem,
  });
}

type Change = NonNullable<PutProfileByIdData['body']>;

/** Changes what is set of a profile, and shows it at once. */
export function useChangeProfile(id: string) {
  const cache = useQueryClient();
  const { queryKey } = profileQuery(id);
  return useMutation({
    mutationFn: (body: Change) => putProfileById({ client, path: { id }, body }),
    onSuccess: (answer) => {
      cache.setQueryData(queryKey, (before) => before && { ...before, ...answer });
      void cache.invalidateQueries({ queryKey: ['profiles'] });
    },
  });
}

export function useDeleteProfile() {
  const t = useWords(profilesWords);
  const cache = useQueryClient();
  return async ({ id, name }: One): Promise<void> => {
    await deleteProfileById({ client, path: { id } });
    cache.removeQueries({ queryKey: profileQuery(id).queryKey });
    void cache.invalidateQueries({ queryKey: ['profiles', 'list'] });
    void cache.invalidateQueries({ queryKey: ['profiles', 'counts'] });
    say(t('danger.done', { name }));
  };
}

/** Takes a message that waits out of the queue. */
export function useCancelMessage(profileId: string) {
  const t = useWords(profilesWords);
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => postMessageCancel({ client, path: { id } }),
    onSuccess: () => {
      say(t('queue.cancelled'));
      void cache.invalidateQueries({ queryKey: ['profiles', 'queue', profileId] });
    },
    onError: sayProblem,
  });
}
