import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Button, Dialog, DialogButtons, Empty, Loaded } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import styles from './link.module.css';
import { LiveQr } from './live-qr.tsx';
import { waitingForScanQuery } from './queries.ts';
import { profilesWords } from './words/index.ts';

/** The codes of all profiles that wait for one, one after the other: each that was scanned makes room for the next. */
export function ScanMany({ onClose }: { onClose: () => void }): ReactNode {
  const t = useWords(profilesWords);
  const query = useQuery(waitingForScanQuery);
  const [passed, setPassed] = useState<ReadonlySet<string>>(new Set());
  return (
    <Dialog isOpen onClose={onClose} title={t('scanMany.title')} description={t('scanMany.hint')}>
      <Loaded query={query}>
        {(all) => {
          const waiting = all.filter(({ id }) => !passed.has(id));
          const [now, ...others] = waiting;
          if (!now) return <Empty title={t('scanMany.done')} />;
          return (
            <>
              <p className={styles.whose} role="status">
                <strong>
                  <bdi>{now.name}</bdi>
                </strong>
                <span className={styles.soft}>{t('scanMany.left', { count: others.length })}</span>
              </p>
              <LiveQr key={now.id} profile={now} isLarge />
              <DialogButtons>
                <Button onClick={() => setPassed((before) => new Set(before).add(now.id))}>
                  {t('scanMany.skip')}
                </Button>
              </DialogButtons>
            </>
          );
        }}
      </Loaded>
    </Dialog>
  );
}
