import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { serverQuery, signOut, usePerson } from '../../session/index.ts';
import { Badge, Button, definePage, Panel, Time } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import styles from './account.module.css';
import { AccountFrame } from './account-frame.tsx';
import { useAskForLetter } from './commands.ts';
import { accountWords } from './words/index.ts';

function ProfilePage(): ReactNode {
  const t = useWords(accountWords);
  const person = usePerson();
  const { data: server } = useQuery(serverQuery);
  const letter = useAskForLetter();
  return (
    <AccountFrame place="profile">
      <Panel
        title={<bdi>{person.name}</bdi>}
        actions={<Button onClick={signOut}>{t('profile.signOut')}</Button>}
      >
        <dl className={styles.facts}>
          <dt>{t('profile.email')}</dt>
          <dd className={styles.inline}>
            <bdi dir="ltr">{person.email}</bdi>
            {person.emailVerified ? (
              <Badge hue="ok">{t('profile.verified')}</Badge>
            ) : (
              <>
                <Badge hue="off">{t('profile.unverified')}</Badge>
                {server?.mail && (
                  <Button size="small" isBusy={letter.isPending} onClick={() => letter.mutate()}>
                    {t('profile.verify')}
                  </Button>
                )}
              </>
            )}
          </dd>
          <dt>{t('profile.organization')}</dt>
          <dd>
            <bdi>{person.organization.name}</bdi>
          </dd>
          <dt>{t('profile.role')}</dt>
          <dd>{person.role}</dd>
          <dt>{t('profile.joined')}</dt>
          <dd>
            <Time at={person.createdAt} />
          </dd>
        </dl>
      </Panel>
    </AccountFrame>
  );
}

export const page = definePage({ component: ProfilePage, words: [accountWords] });
