import { getProfiles } from '@multiwa/sdk';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { client, useScope } from '../session/index.ts';
import { Select } from '../ui/index.ts';
import { compareWords, useWords } from '../words/index.ts';

const all = 'all';

/** Their names, the first 200; more than that are found on the page of profiles. */
const namesQuery = queryOptions({
  queryKey: ['profiles', 'names'],
  queryFn: async () => {
    const profiles = await getProfiles({ client, query: { limit: 200 } });
    return profiles.map(({ id, name }) => ({ value: id, label: name }));
  },
});

/** Which profile every page shows, until another one is chosen. With a single one there is nothing to choose. */
export function ScopeSwitcher(): ReactNode {
  const t = useWords('shell');
  const navigate = useNavigate();
  const { profile = all } = useScope();
  const { data: names = [] } = useQuery(namesQuery);
  if (names.length < 2) return null;
  const choices = [...names].sort((one, other) => compareWords(one.label, other.label));
  return (
    <Select
      label={t('scope')}
      value={profile}
      choices={[{ value: all, label: t('allProfiles') }, ...choices]}
      onChange={(next) =>
        navigate({ to: '.', search: (before) => ({ ...before, profile: next === all ? undefined : next }) })
      }
    />
  );
}
