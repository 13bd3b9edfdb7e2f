import type { Conversation } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, Ellipsis } from 'lucide-react';
import { lazy, type ReactNode, Suspense } from 'react';
import { profilesQuery, useMay } from '../../session/index.ts';
import { Button, ButtonLink, Phone } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { Avatar } from './avatar.tsx';
import { nameOfProfile, numberOf } from './names.ts';
import styles from './thread-pane.module.css';
import { inboxWords } from './words/index.ts';

const ThreadMenu = lazy(() => import('./thread-menu.tsx').then((file) => ({ default: file.ThreadMenu })));

/** With whom, over which profile, and what can be done about the conversation. */
export function ThreadHead({ conversation, name }: { conversation: Conversation; name: string }): ReactNode {
  const t = useWords(inboxWords);
  const may = useMay();
  const { data: profiles } = useQuery(profilesQuery);
  const profile = profiles?.find(({ id }) => id === conversation.profileId);
  const number = conversation.contactPhone ?? numberOf(conversation.chatId);
  const isAllowed = may('message:send');
  return (
    <header className={styles.head}>
      <span className={styles.back}>
        <ButtonLink
          to="/inbox"
          search={({ m: _, ...search }) => search}
          kind="quiet"
          icon={ArrowLeft}
          aria-label={t('thread.back')}
        />
      </span>
      <Avatar url={conversation.avatarThumbnailUrl} name={name} />
      <div className={styles.who}>
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <p>
          {number && number !== name && <Phone number={number} />}
          {profile && <bdi>{nameOfProfile(profile)}</bdi>}
        </p>
      </div>
      {isAllowed && (
        <Suspense fallback={<Button kind="quiet" icon={Ellipsis} label={t('thread.more')} isDisabled />}>
          <ThreadMenu conversation={conversation} />
        </Suspense>
      )}
    </header>
  );
}
