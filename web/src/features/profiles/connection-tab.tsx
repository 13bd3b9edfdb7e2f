import type { Profile } from '@multiwa/sdk';
import { useNavigate } from '@tanstack/react-router';
import { LogOut, Plug, Unplug } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useMay } from '../../session/index.ts';
import { Banner, Button, Confirm, Panel, Skeleton, Time, useCommands } from '../../ui/index.ts';
import { formatMoment, useWords } from '../../words/index.ts';
import { useConnect, useDeleteProfile, useDisconnect } from './commands.ts';
import { Facts } from './facts.tsx';
import { LinkPanel } from './link-panel.tsx';
import styles from './profile.module.css';
import { StatusBadge, useReason } from './status.tsx';
import { profilesWords } from './words/index.ts';

/** Forms come behind what is looked at first. */
const NameForm = lazy(() => import('./name-form.tsx').then((file) => ({ default: file.NameForm })));

/** Whether it is connected, why not, and what can be done about it. */
export function ConnectionTab({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(profilesWords);
  const may = useMay();
  const mayConnect = may('profile:connect');
  const isLinking =
    profile.status === 'qr' || profile.status === 'pairing' || profile.status === 'connecting';
  return (
    <div className={styles.columns}>
      <div className={styles.column}>
        <Panel>
          <State profile={profile} />
          {mayConnect && <Acts profile={profile} />}
        </Panel>
        <Held profile={profile} />
        {isLinking && mayConnect && <LinkPanel profile={profile} />}
        <Facts profile={profile} />
      </div>
      <div className={styles.column}>
        {may('profile:update') && (
          <Panel title={t('edit.title')}>
            <Suspense fallback={<Skeleton />}>
              <NameForm key={profile.id} profile={profile} />
            </Suspense>
          </Panel>
        )}
        {may('profile:delete') && <Danger profile={profile} />}
      </div>
    </div>
  );
}

function State({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(profilesWords);
  const reason = useReason()(profile);
  const { status, statusSince, retryAt } = profile;
  return (
    <div className={styles.state} role="status">
      <p className={styles.big}>
        <StatusBadge status={status} />{' '}
        <span className={styles.soft}>
          {t('since')} <Time at={statusSince} />
        </span>
      </p>
      <p>{reason && status !== 'connected' ? reason : t(`states.${status}`)}</p>
      {retryAt && <p className={styles.soft}>{t('retry', { when: formatMoment(retryAt) })}</p>}
    </div>
  );
}

/** What keeps it from sending although it is connected. */
function Held({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(profilesWords);
  const { sendingPaused, sendingPausedUntil, restrictions } = profile;
  const { newChats } = restrictions;
  return (
    <>
      {sendingPaused && <Banner kind="warning">{t('paused')}</Banner>}
      {sendingPausedUntil && (
        <Banner kind="warning">{t('slowed', { time: formatMoment(sendingPausedUntil) })}</Banner>
      )}
      {newChats && (
        <Banner kind="warning">
          {newChats.until ? t('restrictedUntil', { time: formatMoment(newChats.until) }) : t('restricted')}
        </Banner>
      )}
    </>
  );
}

function Acts({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(profilesWords);
  const connect = useConnect();
  const disconnect = useDisconnect();
  const [isAsking, setAsking] = useState(false);
  const { status, phone } = profile;
  const isOff = status === 'disconnected' || status === 'logged_out' || status === 'failed';
  useCommands([
    {
      id: 'profile.connect',
      label: `${t('connect')}: ${profile.name}`,
      also: 'connect',
      keys: 'c',
      isAllowed: isOff,
      run: () => connect.mutate(profile),
    },
    {
      id: 'profile.disconnect',
      label: `${t('disconnect')}: ${profile.name}`,
      also: 'disconnect',
      isAllowed: !isOff,
      run: () => disconnect.mutate(profile),
    },
  ]);
  return (
    <div className={styles.acts}>
      {isOff ? (
        <Button kind="main" icon={Plug} isBusy={connect.isPending} onClick={() => connect.mutate(profile)}>
          {status === 'disconnected' ? t('connect') : t('reconnect')}
        </Button>
      ) : (
        <Button icon={Unplug} isBusy={disconnect.isPending} onClick={() => disconnect.mutate(profile)}>
          {t('disconnect')}
        </Button>
      )}
      {phone && status !== 'logged_out' && (
        <Button kind="quiet" icon={LogOut} onClick={() => setAsking(true)}>
          {t('logOut')}
        </Button>
      )}
      <Confirm
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={t('logOutTitle')}
        button={t('logOut')}
        act={() => disconnect.mutateAsync({ ...profile, isLogout: true })}
      >
        {t('logOutHint')}
      </Confirm>
    </div>
  );
}

function Danger({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(profilesWords);
  const navigate = useNavigate();
  const remove = useDeleteProfile();
  const [isAsking, setAsking] = useState(false);
  return (
    <Panel title={t('danger.title')} hint={t('danger.hint')}>
      <div className={styles.acts}>
        <Button onClick={() => setAsking(true)}>{t('danger.button')}</Button>
      </div>
      <Confirm
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={t('danger.title')}
        button={t('danger.button')}
        name={profile.name}
        act={async () => {
          await remove(profile);
          await navigate({ to: '/profiles' });
        }}
      >
        {t('danger.hint')}
      </Confirm>
    </Panel>
  );
}
