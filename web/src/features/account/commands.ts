import {
  deleteAuthSessionById,
  deleteAuthSessions,
  getAuthPreferences,
  patchAuthPreferences,
  postAuthVerifyEmailRequest,
} from '@multiwa/sdk';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { client, keepLook, type Look, readPerson } from '../../session/index.ts';
import { say, sayProblem } from '../../ui/index.ts';
import { changeLanguage, useWords } from '../../words/index.ts';
import { sessionsQuery } from './queries.ts';
import { accountWords } from './words/index.ts';

/** Shows a change of the look at once and keeps it with the person, for their other browsers. */
export function useChangeLook() {
  const t = useWords(accountWords);
  return useMutation({
    // They are replaced as a whole, so one change waits for the other.
    scope: { id: 'preferences' },
    mutationFn: async (change: Partial<Look>) => {
      if (change.language) await changeLanguage(change.language);
      const dashboard = keepLook(change);
      const others = await getAuthPreferences({ client });
      await patchAuthPreferences({ client, body: { ...others, dashboard } });
      await readPerson();
    },
    onSuccess: () => say(t('appearance.kept')),
    onError: sayProblem,
  });
}

/** Sends the letter that confirms the address once more, unless it was confirmed elsewhere meanwhile. */
export function useAskForLetter() {
  const t = useWords(accountWords);
  return useMutation({
    mutationFn: async () => {
      await postAuthVerifyEmailRequest({ client });
      return readPerson();
    },
    onSuccess: ({ emailVerified }) => {
      if (!emailVerified) say(t('profile.verifySent'));
    },
    onError: sayProblem,
  });
}

/** Ends a session: its tokens stop at once. */
export function useEndSession() {
  const t = useWords(accountWords);
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => deleteAuthSessionById({ client, path: { id } }),
    onSuccess: () => say(t('sessions.ended')),
    onError: sayProblem,
    onSettled: () => cache.invalidateQueries(sessionsQuery),
  });
}

/** Ends every session but this one. */
export async function endOtherSessions(): Promise<void> {
  await deleteAuthSessions({ client });
}
