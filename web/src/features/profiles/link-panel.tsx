import type { Profile } from '@multiwa/sdk';
import { Expand } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { Banner, Button, ButtonLink, Dialog, Panel, Skeleton, useCommands } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import styles from './link.module.css';
import { LiveQr } from './live-qr.tsx';
import { profilesWords } from './words/index.ts';

/** Forms come when one is asked for. */
const PairingCode = lazy(() => import('./pairing-code.tsx').then((file) => ({ default: file.PairingCode })));

/** How a phone is linked: by a picture that renews itself, or by eight letters. */
export function LinkPanel({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(profilesWords);
  const [isCode, setCode] = useState(profile.status === 'pairing');
  return (
    <Panel
      title={t('link.title')}
      actions={
        <Button kind="quiet" size="small" onClick={() => setCode(!isCode)}>
          {isCode ? t('link.back') : t('link.instead')}
        </Button>
      }
    >
      {profile.engine === 'sandbox' && (
        <Banner
          actions={
            <ButtonLink to="/sandbox" size="small">
              {t('link.toSandbox')}
            </ButtonLink>
          }
        >
          {t('link.sandbox')}
        </Banner>
      )}
      {isCode ? (
        <Suspense fallback={<Skeleton />}>
          <PairingCode profile={profile} />
        </Suspense>
      ) : (
        <Scan profile={profile} />
      )}
    </Panel>
  );
}

function Scan({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(profilesWords);
  const [isLarge, setLarge] = useState(false);
  useCommands([{ id: 'profile.qr', label: t('link.larger'), keys: 'f', run: () => setLarge((was) => !was) }]);
  return (
    <div className={styles.scan}>
      <LiveQr profile={profile} />
      <div className={styles.how}>
        <h3>{t('link.how')}</h3>
        <ol>
          <li>{t('link.android')}</li>
          <li>{t('link.iphone')}</li>
          <li>{t('link.point')}</li>
        </ol>
        <Button size="small" icon={Expand} onClick={() => setLarge(true)}>
          {t('link.larger')}
        </Button>
      </div>
      <Dialog isOpen={isLarge} onClose={() => setLarge(false)} title={t('link.title')}>
        <LiveQr profile={profile} isLarge />
      </Dialog>
    </div>
  );
}
