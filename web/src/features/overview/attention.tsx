import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useMay } from '../../session/index.ts';
import { Badge, Loaded, Panel, Time } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { hues, profilesWords } from '../profiles/index.ts';
import styles from './overview.module.css';
import { countsQuery, failingQuery, stuckQuery } from './queries.ts';
import { overviewWords } from './words/index.ts';

/** What does not mend itself: profiles and webhooks, each with its reason and since when. */
export function Attention(): ReactNode {
  const t = useWords(overviewWords);
  const named = useWords(profilesWords);
  const may = useMay();
  const sees = { profiles: may('profile:read'), webhooks: may('webhook:manage') };
  const profiles = useQuery({ ...stuckQuery, enabled: sees.profiles });
  const webhooks = useQuery({ ...failingQuery, enabled: sees.webhooks });
  const isCalm =
    (!sees.profiles || profiles.data?.length === 0) && (!sees.webhooks || webhooks.data?.length === 0);
  if (!sees.profiles && !sees.webhooks) return null;
  return (
    <Panel title={t('attention')} hint={t('attentionHint')}>
      {isCalm && <p>{t('calm')}</p>}
      {sees.profiles && !isCalm && profiles.data?.length !== 0 && (
        <Loaded query={profiles}>
          {(rows) => (
            <ul className={styles.rows}>
              {rows.map(({ id, name, status, statusReason, statusSince }) => (
                <li key={id} className={styles.row}>
                  <Badge hue={hues[status]}>{named(`statuses.${status}`)}</Badge>
                  <strong>
                    <bdi>{name}</bdi>
                  </strong>
                  <span className={styles.why}>{statusReason}</span>
                  <Time at={statusSince} />
                </li>
              ))}
              <More shown={rows.length} />
            </ul>
          )}
        </Loaded>
      )}
      {sees.webhooks && !isCalm && webhooks.data?.length !== 0 && (
        <Loaded query={webhooks}>
          {(rows) => (
            <ul className={styles.rows}>
              {rows.map(({ id, url, disabledReason, failingSince }) => (
                <li key={id} className={styles.row}>
                  <Badge hue={disabledReason ? 'failed' : 'warning'}>
                    {disabledReason ? t('webhookOff') : t('webhookFailing')}
                  </Badge>
                  <bdi dir="ltr" className={styles.url}>
                    {url}
                  </bdi>
                  <span className={styles.why}>{disabledReason}</span>
                  {failingSince && <Time at={failingSince} />}
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      )}
    </Panel>
  );
}

function More({ shown }: { shown: number }): ReactNode {
  const t = useWords(overviewWords);
  const { data } = useQuery(countsQuery);
  const { qr = 0, pairing = 0, logged_out = 0, failed = 0 } = data?.byStatus ?? {};
  const count = qr + pairing + logged_out + failed - shown;
  return count > 0 ? <li>{t('more', { count })}</li> : null;
}
