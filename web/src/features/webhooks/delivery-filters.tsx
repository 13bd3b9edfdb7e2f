import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Button, Input, Select } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { catalogueQuery, prefixesOf } from '../developers/index.ts';
import { type DeliveryFilters, deliveryStates } from './search.ts';
import styles from './webhooks.module.css';
import { webhooksWords } from './words/index.ts';

const hourMs = 60 * 60 * 1000;
const times = { all: 0, hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs } as const;

/** What a log is filtered by; all of it stands in the address. */
export function DeliveryFilterBar({
  filters,
  onFilter,
}: {
  filters: DeliveryFilters;
  onFilter: (filters: DeliveryFilters) => void;
}): ReactNode {
  const t = useWords(webhooksWords);
  const { data: catalogue = [] } = useQuery(catalogueQuery);
  const names = catalogue.filter(({ isPassing }) => !isPassing).map(({ name }) => name);
  const set = (change: DeliveryFilters) => onFilter({ ...filters, ...change });
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  return (
    <search className={styles.filters}>
      <Select
        label={t('filter.status')}
        value={filters.status ?? ''}
        choices={[
          { value: '', label: t('filter.anyStatus') },
          ...deliveryStates.map((value) => ({ value, label: t(`delivery.${value}`) })),
        ]}
        onChange={(status) => set({ status: status === '' ? undefined : status })}
      />
      <Select
        label={t('filter.event')}
        value={filters.event ?? ''}
        choices={[
          { value: '', label: t('filter.anyEvent') },
          ...[...prefixesOf(names), ...names].map((value) => ({ value, label: value })),
        ]}
        onChange={(event) => set({ event: event || undefined })}
      />
      <Select
        label={t('filter.time')}
        value={timeOf(filters)}
        choices={[
          ...(Object.keys(times) as (keyof typeof times)[]).map((value) => ({
            value: value as keyof typeof times | 'own',
            label: t(`filter.times.${value}`),
          })),
          ...(timeOf(filters) === 'own' ? [{ value: 'own' as const, label: t('filter.times.own') }] : []),
        ]}
        onChange={(next) => {
          if (next === 'own') return;
          const from = next === 'all' ? undefined : new Date(Date.now() - times[next]).toISOString();
          set({ from, until: undefined });
        }}
      />
      <Typed
        label={t('filter.code')}
        value={filters.code ?? ''}
        pattern={/^([1-5]\d\d)?$/}
        className={styles.code ?? ''}
        onChange={(code) => set({ code: code || undefined })}
      />
      <Typed
        label={t('filter.message')}
        value={filters.message ?? ''}
        pattern={/^.{0,100}$/}
        className={styles.message ?? ''}
        onChange={(message) => set({ message: message || undefined })}
      />
      {isFiltered && (
        <Button kind="quiet" icon={X} onClick={() => onFilter({})}>
          {t('filter.clear')}
        </Button>
      )}
    </search>
  );
}

/** A line that counts when it makes sense and nobody has typed for a moment. */
function Typed({
  label,
  value,
  pattern,
  className,
  onChange,
}: {
  label: string;
  value: string;
  pattern: RegExp;
  className: string;
  onChange: (value: string) => void;
}): ReactNode {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    const text = typed.trim();
    if (text === value || !pattern.test(text)) return;
    const timer = setTimeout(() => onChange(text), 400);
    return () => clearTimeout(timer);
  });
  return (
    <div className={className}>
      <Input
        isMono
        type="search"
        aria-label={label}
        placeholder={label}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </div>
  );
}

/** Which of the offered times the address holds, about; `own` where it is another one. */
function timeOf({ from, until }: DeliveryFilters): keyof typeof times | 'own' {
  if (from === undefined && until === undefined) return 'all';
  if (from === undefined || until !== undefined) return 'own';
  const agoMs = Date.now() - new Date(from).getTime();
  const known = (['hour', 'day', 'week'] as const).find(
    (name) => agoMs >= times[name] && agoMs < times[name] * 1.5,
  );
  return known ?? 'own';
}
