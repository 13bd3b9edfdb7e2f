import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { profilesQuery, useScope } from '../session/index.ts';
import { Select } from '../ui/index.ts';
import { compareWords, useWords } from '../words/index.ts';

const all = 'all';

/** Which profile every page shows, until another one is chosen. With a single one there is nothing to choose. */
export function ScopeSwitcher(): ReactNode {
  const t = useWords('shell');
  const navigate = useNavigate();
  const { profile = all } = useScope();
  const { data: profiles = [] } = useQuery(profilesQuery);
  if (profiles.length < 2) return null;
  const choices = profiles
    .map(({ id, name }) => ({ value: id, label: name }))
    .sort((one, other) => compareWords(one.label, other.label));
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
