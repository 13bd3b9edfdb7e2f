import type { ProfileCounts } from '@multiwa/sdk';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Input, Select, useCommands } from '../../ui/index.ts';
import { formatNumber, useWords } from '../../words/index.ts';
import { type ProfileFilter, sorts } from './filter.ts';
import styles from './profiles.module.css';
import badges from './state-links.module.css';
import { hues, type Status, statuses } from './states.ts';
import { useReason } from './status.tsx';
import { profilesWords } from './words/index.ts';

/** How long after the last key a search is begun. */
const typingMs = 250;

/** How many are in each state; each is a filter, and pressed again it is none. */
export function StateLinks({ counts, filter }: { counts: ProfileCounts; filter: ProfileFilter }): ReactNode {
  const t = useWords(profilesWords);
  const byStatus = counts.byStatus as Partial<Record<Status, number>>;
  const shown = statuses.filter((status) => byStatus[status] || filter.status === status);
  return (
    <nav className={styles.states} aria-label={t('filterState')}>
      <Link
        to="/profiles"
        search={{ ...filter, status: undefined }}
        className={badges.link}
        aria-current={filter.status === undefined ? 'true' : undefined}
      >
        {t('all')} <b>{formatNumber(counts.total)}</b>
      </Link>
      {shown.map((status) => (
        <Link
          key={status}
          to="/profiles"
          search={{ ...filter, status: filter.status === status ? undefined : status }}
          className={`${badges.link} ${badges[hues[status]]}`}
          aria-current={filter.status === status ? 'true' : undefined}
        >
          {t(`statuses.${status}`)} <b>{formatNumber(byStatus[status] ?? 0)}</b>
        </Link>
      ))}
    </nav>
  );
}

/** What does not come back by itself, in groups of one reason. */
export function Needs({ counts, filter }: { counts: ProfileCounts; filter: ProfileFilter }): ReactNode {
  const t = useWords(profilesWords);
  const reasonOf = useReason();
  const needing = counts.reasons.filter(
    ({ status, code }) => ['failed', 'logged_out', 'disconnected'].includes(status) && code !== 'CLOSED',
  );
  if (needing.length === 0) return null;
  return (
    <section className={styles.needs} aria-label={t('needs')}>
      <h2>{t('needs')}</h2>
      {needing.map(({ status, code, count }) => (
        <Link key={`${status} ${code}`} to="/profiles" search={{ ...filter, status: status as Status }}>
          {t('needsOne', {
            reason:
              reasonOf({ statusReason: null, statusReasonCode: code, statusReasonParams: {} }) ??
              t(`statuses.${status as Status}`),
            number: formatNumber(count),
          })}
        </Link>
      ))}
    </section>
  );
}

/** Search, order, and what else narrows the list. `/` goes to the search. */
export function Filters({
  counts,
  filter,
  change,
}: {
  counts: ProfileCounts | undefined;
  filter: ProfileFilter;
  change: (change: Partial<ProfileFilter>) => void;
}): ReactNode {
  const t = useWords(profilesWords);
  const any = '*';
  const choicesOf = (
    groups: ProfileCounts['labels'] | undefined,
    chosen: string | undefined,
    all: string,
  ) => {
    const names = groups?.map(({ name }) => name) ?? [];
    const known = chosen === undefined || names.includes(chosen) ? names : [chosen, ...names];
    return [{ value: any, label: all }, ...known.map((name) => ({ value: name, label: name }))];
  };
  const labels = choicesOf(counts?.labels, filter.label, t('anyLabel'));
  const nodes = choicesOf(counts?.nodes, filter.node, t('anyNode'));
  const engines = Object.keys(counts?.byEngine ?? {}).length;
  return (
    <search className={styles.filters}>
      <Search value={filter.q ?? ''} onChange={(q) => change({ q: q || undefined })} />
      <Select
        label={t('sort.label')}
        value={filter.sort ?? '-createdAt'}
        choices={sorts.map((value) => ({ value, label: t(`sort.${value}`) }))}
        onChange={(sort) => change({ sort: sort === '-createdAt' ? undefined : sort })}
      />
      {labels.length > 1 && (
        <Select
          label={t('label')}
          value={filter.label ?? any}
          choices={labels}
          onChange={(label) => change({ label: label === any ? undefined : label })}
        />
      )}
      {nodes.length > 2 && (
        <Select
          label={t('node')}
          value={filter.node ?? any}
          choices={nodes}
          onChange={(node) => change({ node: node === any ? undefined : node })}
        />
      )}
      {(engines > 1 || filter.engine) && (
        <Select
          label={t('engine')}
          value={filter.engine ?? any}
          choices={[
            { value: any, label: t('anyEngine') },
            { value: 'baileys', label: t('engines.baileys') },
            { value: 'sandbox', label: t('engines.sandbox') },
          ]}
          onChange={(engine) =>
            change({ engine: engine === 'baileys' || engine === 'sandbox' ? engine : undefined })
          }
        />
      )}
    </search>
  );
}

function Search({ value, onChange }: { value: string; onChange: (value: string) => void }): ReactNode {
  const t = useWords(profilesWords);
  const [typed, setTyped] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => () => clearTimeout(waiting.current), []);
  useCommands([
    {
      id: 'profiles.search',
      label: t('search'),
      keys: '/',
      isQuiet: true,
      run: () => field.current?.focus(),
    },
  ]);
  return (
    <Input
      ref={field}
      type="search"
      aria-label={t('search')}
      placeholder={t('search')}
      value={typed}
      onChange={({ target }) => {
        setTyped(target.value);
        clearTimeout(waiting.current);
        waiting.current = setTimeout(() => onChange(target.value.trim()), typingMs);
      }}
    />
  );
}
