import { getMessagesProfileById } from '@multiwa/sdk';
import { queryOptions } from '@tanstack/react-query';
import { client } from '../../session/index.ts';

/** The first messages of a profile, the newest last. */
export const firstMessagesQuery = (profileId: string) =>
  queryOptions({
    queryKey: ['start', 'messages', profileId],
    queryFn: async () => {
      const messages = await getMessagesProfileById({ client, path: { profileId }, query: { limit: 50 } });
      return messages.toSorted((one, other) => Date.parse(one.timestamp) - Date.parse(other.timestamp));
    },
  });
