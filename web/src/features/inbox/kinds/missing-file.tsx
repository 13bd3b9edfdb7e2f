import { RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../../ui/index.ts';
import { useWords } from '../../../words/index.ts';
import { useInbox } from '../commands.ts';
import { kindName } from '../one-line.tsx';
import { inboxWords } from '../words/index.ts';
import styles from './kinds.module.css';
import type { WithFile } from './with-file.ts';

/** A file that is on its way, or can't be had: why, and how to try again. */
export function MissingFile({ message }: { message: WithFile }): ReactNode {
  const t = useWords(inboxWords);
  const { fetchFile } = useInbox();
  const { media } = message.content;
  const isGone = media?.state === 'unavailable';
  return (
    <div className={styles.missing} role={isGone ? undefined : 'status'}>
      <strong>{t(`kinds.${kindName(message.type)}`)}</strong>
      <p>{isGone ? `${t('body.unavailable')} ${media.reason ?? ''}` : t('body.fetching')}</p>
      {isGone && media.code && <code>{media.code}</code>}
      {isGone && (
        <Button size="small" icon={RotateCw} onClick={() => fetchFile(message)}>
          {t('body.fetch')}
        </Button>
      )}
    </div>
  );
}
