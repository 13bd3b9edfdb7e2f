import { useQuery } from '@tanstack/react-query';
import { Eraser, Pause, Play, Radio } from 'lucide-react';
import type { ReactNode } from 'react';
import { useConnection } from '../../live/index.ts';
import { useScope } from '../../session/index.ts';
import { Badge, Button, Empty, Panel, Select, useCommands } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { catalogueQuery, prefixesOf, useProfileName } from '../developers/index.ts';
import { EventDetail } from './event-detail.tsx';
import { EventRows } from './event-rows.tsx';
import styles from './events.module.css';
import type { EventsSearch } from './search.ts';
import { useTail } from './tail.ts';
import { eventsWords } from './words/index.ts';

/** What happens, newest at the top, and one of them open beside it. */
export function EventTail({
  search,
  onSearch,
}: {
  search: EventsSearch;
  onSearch: (search: EventsSearch) => void;
}): ReactNode {
  const t = useWords(eventsWords);
  const nameOf = useProfileName();
  const { event } = search;
  const { profile } = useScope();
  const tail = useTail({ event, profile });
  const { things, forgotten } = tail.ring;
  const opened = things.find(({ id }) => id === search.open);
  const open = (id: string | undefined) => onSearch({ ...search, open: id });
  useCommands([
    {
      id: 'events.pause',
      label: t(tail.isPaused ? 'goOn' : 'pause'),
      also: 'pause resume',
      keys: 'p',
      run: () => tail.pause(!tail.isPaused),
    },
    { id: 'events.clear', label: t('clear'), also: 'clear', run: tail.clear },
  ]);
  return (
    <Panel isFlush>
      <div className={styles.bar}>
        <EventSelect value={event} onChange={(next) => onSearch({ ...search, event: next })} />
        <Button
          icon={tail.isPaused ? Play : Pause}
          isPressed={tail.isPaused}
          onClick={() => tail.pause(!tail.isPaused)}
        >
          {tail.isPaused ? t('goOn') : t('pause')}
        </Button>
        <Button kind="quiet" icon={Eraser} onClick={tail.clear}>
          {t('clear')}
        </Button>
        <State isPaused={tail.isPaused} waiting={tail.waiting} />
      </div>
      <div className={styles.split} data-open={opened !== undefined || undefined}>
        {things.length === 0 ? (
          <Empty icon={Radio} title={t('none')}>
            {t('noneHint')}
          </Empty>
        ) : (
          <EventRows events={things} opened={search.open} onOpen={open} nameOf={nameOf} />
        )}
        {opened && <EventDetail of={opened} nameOf={nameOf} onClose={() => open(undefined)} />}
      </div>
      <p className={styles.foot}>
        {t('shown', { count: things.length })}
        {forgotten > 0 && <> · {t('forgotten', { count: forgotten })}</>}
      </p>
    </Panel>
  );
}

function State({ isPaused, waiting }: { isPaused: boolean; waiting: number }): ReactNode {
  const t = useWords(eventsWords);
  const { is } = useConnection();
  if (isPaused) return <Badge hue="warning">{t('paused', { count: waiting })}</Badge>;
  return is === 'live' ? <Badge hue="ok">{t('live')}</Badge> : <Badge hue="waiting">{t('connecting')}</Badge>;
}

function EventSelect({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: (pattern: string | undefined) => void;
}): ReactNode {
  const t = useWords(eventsWords);
  const { data: catalogue = [] } = useQuery(catalogueQuery);
  const names = catalogue.map(({ name }) => name);
  const known = [...prefixesOf(names), ...names];
  const choices = value === undefined || known.includes(value) ? known : [value, ...known];
  return (
    <Select
      label={t('name')}
      value={value ?? ''}
      choices={[{ value: '', label: t('anyName') }, ...choices.map((each) => ({ value: each, label: each }))]}
      onChange={(next) => onChange(next || undefined)}
    />
  );
}
