import { useQueryClient } from '@tanstack/react-query';
import { FileText } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, ProblemLine } from '../../ui/index.ts';
import { formatClock, useWords } from '../../words/index.ts';
import styles from './bubble.module.css';
import { giveUp, go } from './commands.ts';
import { drafts } from './drafts.ts';
import { MessageState } from './message-state.tsx';
import type { Pending } from './outbox.ts';
import pendingStyles from './pending-bubble.module.css';
import { RichText } from './rich-text.tsx';
import { inboxWords } from './words/index.ts';

/** What was sent here and the server has not taken yet; it says how far it is. */
export function PendingBubble({ pending }: { pending: Pending }): ReactNode {
  const t = useWords(inboxWords);
  const cache = useQueryClient();
  const { reference, state, progress = 0, sending, at, error, conversationId } = pending;
  const edit = () => {
    if (conversationId === undefined || sending.kind !== 'text') return;
    drafts.offer(conversationId, sending.text);
    giveUp(reference);
  };
  return (
    <div className={`${styles.row} ${styles.ours} ${styles.first}`} aria-busy={state !== 'refused'}>
      <div className={styles.bubble}>
        {sending.kind === 'text' ? (
          <RichText text={sending.text} />
        ) : (
          <>
            <span className={pendingStyles.file}>
              <FileText aria-hidden size={20} />
              <bdi>{sending.file.name}</bdi>
            </span>
            {state === 'uploading' && (
              <progress className={pendingStyles.progress} value={progress} aria-label={sending.file.name} />
            )}
            {sending.caption && <RichText text={sending.caption} />}
          </>
        )}
        <p className={styles.foot}>
          {state === 'waiting' && t('state.waiting')}
          <time dateTime={at}>{formatClock(at)}</time>
          <MessageState state={state} progress={progress} />
        </p>
        {state === 'refused' && <ProblemLine error={error} />}
        <span className={pendingStyles.acts}>
          {state === 'refused' && (
            <Button size="small" onClick={() => go(cache, reference)}>
              {t('failed.again')}
            </Button>
          )}
          {state === 'refused' && sending.kind === 'text' && conversationId && (
            <Button size="small" onClick={edit}>
              {t('failed.edit')}
            </Button>
          )}
          {state !== 'saving' && (
            <Button size="small" kind="quiet" onClick={() => giveUp(reference)}>
              {t('failed.discard')}
            </Button>
          )}
        </span>
      </div>
    </div>
  );
}
