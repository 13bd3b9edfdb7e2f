import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Select } from '../../ui/index.ts';
import { compareWords } from '../../words/index.ts';
import { profileNamesQuery } from './profiles.ts';

/** One profile, or all of them (`''`), which is called `all`. */
export function ProfileSelect({
  value,
  onChange,
  all,
  label,
  id,
}: {
  value: string;
  onChange: (id: string) => void;
  all?: string;
  label?: string;
  id?: string;
}): ReactNode {
  const { data: profiles = [] } = useQuery(profileNamesQuery);
  const choices = profiles
    .map(({ id: profileId, name }) => ({ value: profileId, label: name }))
    .toSorted((one, other) => compareWords(one.label, other.label));
  return (
    <Select
      {...(id !== undefined && { id })}
      {...(label !== undefined && { label })}
      value={value}
      choices={all === undefined ? choices : [{ value: '', label: all }, ...choices]}
      onChange={onChange}
    />
  );
}
