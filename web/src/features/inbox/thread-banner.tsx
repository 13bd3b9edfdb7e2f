import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { profilesQuery } from '../../session/index.ts';
import { Banner } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { nameOfProfile } from './names.ts';
import { useOutbox } from './outbox.ts';
import styles from './thread-pane.module.css';
import { inboxWords } from './words/index.ts';

/** What has to be known before one writes: the profile is away, or this tab has no server. */
export function ThreadBanner({ profileId }: { profileId: string }): ReactNode {
  const t = useWords(inboxWords);
  const { data: profiles } = useQuery(profilesQuery);
  const profile = profiles?.find(({ id }) => id === profileId);
  const waiting = useOutbox().filter(({ state }) => state === 'waiting').length;
  return (
    <div className={styles.banners}>
      {waiting > 0 && <Banner kind="warning">{t('composer.offline', { count: waiting })}</Banner>}
      {profile && profile.status !== 'connected' && (
        <Banner kind="warning">
          <p>{t('thread.notConnected', { name: `\u2068${nameOfProfile(profile)}\u2069` })}</p>
          {profile.statusReason && <p dir="auto">{profile.statusReason}</p>}
        </Banner>
      )}
    </div>
  );
}
