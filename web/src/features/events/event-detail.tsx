import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMay } from '../../session/index.ts';
import { Button, ButtonLink, Facts, Id, JsonTree, Time } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { catalogueQuery } from '../developers/index.ts';
import styles from './events.module.css';
import type { Tailed } from './tail.ts';
import { eventsWords } from './words/index.ts';

/** All of one event, and where to go on from it. */
export function EventDetail({
  of,
  nameOf,
  onClose,
}: {
  of: Tailed;
  nameOf: (profileId: string) => string;
  onClose: () => void;
}): ReactNode {
  const t = useWords(eventsWords);
  const may = useMay();
  const { data: catalogue = [] } = useQuery(catalogueQuery);
  const what = catalogue.find(({ name }) => name === of.event)?.what;
  const { messageId } = of.data as { messageId?: unknown };
  return (
    <section className={styles.detail} aria-label={of.event}>
      <div className={styles.head}>
        <h2>
          <code dir="ltr">{of.event}</code>
        </h2>
        <Button kind="quiet" size="small" icon={X} label={t('close')} onClick={onClose} />
      </div>
      {what && (
        <p lang="en" dir="ltr" className={styles.soft}>
          {what}
        </p>
      )}
      <Facts
        of={{
          [t('sequence')]: of.sequence ? <Id value={String(of.sequence)} /> : t('passing'),
          [t('time')]: <Time at={of.timestamp} />,
          [t('profile')]: of.profileId && <bdi>{nameOf(of.profileId)}</bdi>,
          [t('id')]: <Id value={of.id} />,
        }}
      />
      <JsonTree value={of.data} label={t('data')} />
      <div className={styles.links}>
        <ButtonLink size="small" to="/developers/events" search={{ tab: 'catalogue', name: of.event }}>
          {t('inCatalogue')}
        </ButtonLink>
        {may('webhook:manage') && typeof messageId === 'string' && (
          <ButtonLink
            size="small"
            to="/developers/webhooks"
            search={{ tab: 'deliveries', message: messageId }}
          >
            {t('deliveries')}
          </ButtonLink>
        )}
      </div>
    </section>
  );
}
