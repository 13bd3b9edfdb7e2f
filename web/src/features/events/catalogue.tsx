import { useQuery } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import { type ReactNode, useDeferredValue, useEffect, useRef, useState } from 'react';
import { useMay } from '../../session/index.ts';
import { ButtonLink, Empty, Input, JsonTree, Loaded, Panel, Skeleton, Tag } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { type CatalogueEvent, catalogueQuery } from '../developers/index.ts';
import styles from './events.module.css';
import { fieldsOf } from './fields.ts';
import { eventsWords } from './words/index.ts';

/** Every event there is: when it comes, who may hear it, what it says, an example. */
export function Catalogue({
  open,
  onOpen,
}: {
  open: string | undefined;
  onOpen: (name: string | undefined) => void;
}): ReactNode {
  const t = useWords(eventsWords);
  const catalogue = useQuery(catalogueQuery);
  const [find, setFind] = useState('');
  const sought = useDeferredValue(find.trim().toLowerCase());
  return (
    <Panel isFlush>
      <div className={styles.bar}>
        <div className={styles.find}>
          <Input
            type="search"
            aria-label={t('find')}
            placeholder={t('find')}
            value={find}
            onChange={(event) => setFind(event.target.value)}
          />
        </div>
      </div>
      <Loaded query={catalogue} place={<Skeleton rows={8} />}>
        {(events) => {
          const shown = events.filter(({ name, what }) => `${name} ${what}`.toLowerCase().includes(sought));
          return shown.length === 0 ? (
            <Empty icon={SearchX} title={t('noneFound')} />
          ) : (
            <ul className={styles.catalogue}>
              {shown.map((event) => (
                <li key={event.name}>
                  <details
                    open={event.name === open}
                    onToggle={({ currentTarget: { open: isOpen } }) => {
                      if (isOpen && event.name !== open) onOpen(event.name);
                      if (!isOpen && event.name === open) onOpen(undefined);
                    }}
                  >
                    <summary className={styles.entry}>
                      <code dir="ltr">{event.name}</code>
                      <span lang="en" dir="ltr" className={styles.soft}>
                        {event.what}
                      </span>
                    </summary>
                    {event.name === open && <One of={event} />}
                  </details>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function One({ of }: { of: CatalogueEvent }): ReactNode {
  const t = useWords(eventsWords);
  const may = useMay();
  const place = useRef<HTMLDivElement>(null);
  // A link leads to one of many.
  useEffect(() => {
    // It answers a promise, which an effect may not.
    void place.current?.parentElement?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <div ref={place} className={styles.one}>
      <p lang="en" dir="ltr">
        {of.what}
      </p>
      <p className={styles.links}>
        <Tag>{t('needs', { permission: of.permission })}</Tag>
        {of.isPassing && <Tag>{t('passing')}</Tag>}
        <ButtonLink size="small" to="/developers/events" search={{ event: of.name }}>
          {t('watch')}
        </ButtonLink>
        {may('webhook:manage') && !of.isPassing && (
          <ButtonLink size="small" to="/developers/webhooks" search={{ new: true }}>
            {t('makeWebhook')}
          </ButtonLink>
        )}
      </p>
      <div className={styles.columns}>
        <div>
          <h2>{t('fields')}</h2>
          <dl className={styles.fields} dir="ltr">
            {fieldsOf(of.schema).map(({ name, type, isOptional, says }) => (
              <div key={name}>
                <dt>
                  <code>{name}</code>
                  {isOptional && '?'} <span className={styles.type}>{type}</span>
                </dt>
                {says && <dd lang="en">{says}</dd>}
              </div>
            ))}
          </dl>
        </div>
        <div>
          <h2>{t('example')}</h2>
          <JsonTree value={of.example} label={t('example')} />
        </div>
      </div>
    </div>
  );
}
