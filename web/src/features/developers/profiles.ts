import { getProfiles } from '@multiwa/sdk';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { client } from '../../session/index.ts';

const pageSize = 200;

interface ProfileName {
  id: string;
  name: string;
  status: string;
}

/** What profiles are called, for choosing one; all of them, page by page. */
export const profileNamesQuery = queryOptions({
  queryKey: ['profiles', 'choices'],
  queryFn: async (): Promise<ProfileName[]> => {
    const names: ProfileName[] = [];
    for (;;) {
      const page = await getProfiles({ client, query: { limit: pageSize, offset: names.length } });
      names.push(...page.map(({ id, displayName, status }) => ({ id, name: displayName, status })));
      if (page.length < pageSize) return names;
    }
  },
});

/** The name of a profile by its id; the id itself where it is not known. */
export function useProfileName(): (id: string) => string {
  const { data: profiles = [] } = useQuery(profileNamesQuery);
  return (id) => profiles.find((profile) => profile.id === id)?.name ?? id;
}
