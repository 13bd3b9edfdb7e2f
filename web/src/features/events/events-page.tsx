import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { definePage, Page, Tabs } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { catalogueQuery, profileNamesQuery } from '../developers/index.ts';
import { Catalogue } from './catalogue.tsx';
import { EventTail } from './event-tail.tsx';
import type { EventsSearch } from './search.ts';
import { eventsWords } from './words/index.ts';

function EventsPage(): ReactNode {
  const t = useWords(eventsWords);
  const search = useSearch({ from: '/shell/developers/events' });
  const navigate = useNavigate({ from: '/developers/events' });
  const show = (next: EventsSearch) => void navigate({ search: next, replace: true });
  return (
    <Page title={t('title')} hint={t('hint')}>
      <Tabs
        label={t('title')}
        value={search.tab ?? 'tail'}
        onChange={(tab) => show(tab === 'tail' ? {} : { tab })}
        tabs={[
          {
            value: 'tail',
            label: t('tabs.tail'),
            content: <EventTail search={search} onSearch={show} />,
          },
          {
            value: 'catalogue',
            label: t('tabs.catalogue'),
            content: (
              <Catalogue
                open={search.name}
                onOpen={(name) => show({ tab: 'catalogue', ...(name !== undefined && { name }) })}
              />
            ),
          },
        ]}
      />
    </Page>
  );
}

export const page = definePage({
  component: EventsPage,
  words: [eventsWords],
  load: ({ cache }) => {
    void cache.prefetchQuery(catalogueQuery);
    void cache.prefetchQuery(profileNamesQuery);
  },
});
