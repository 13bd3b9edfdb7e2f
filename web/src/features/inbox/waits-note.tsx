import type { Message } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { Button } from '../../ui/index.ts';
import { formatNumber, formatWhen, useWords } from '../../words/index.ts';
import { useInbox } from './commands.ts';
import styles from './notes.module.css';
import { messageQuery } from './queries.ts';
import { inboxWords } from './words/index.ts';

/** What goes out at once is not explained. */
const calmMs = 1_500;
const everyMs = 10_000;

/** Why a message has not left yet, until when, and how to take it back. */
export function WaitsNote({ message, mayWrite }: { message: Message; mayWrite: boolean }): ReactNode {
  const t = useWords(inboxWords);
  const { cancel } = useInbox();
  const isOld = useAfter(Date.parse(message.createdAt) + calmMs);
  const { data } = useQuery({ ...messageQuery(message.id), enabled: isOld, refetchInterval: everyMs });
  const waiting = data?.waitingFor;
  if (!isOld || !waiting) return null;
  const { reason, until, position, validUntil } = waiting;
  return (
    <div className={styles.undone}>
      <p>
        {t(`waits.${reason}`)} {until && t('waits.until', { time: formatWhen(until) })}
      </p>
      <p className={styles.code}>
        {t('waits.position', { position: formatNumber(position) })}{' '}
        {validUntil && t('waits.validUntil', { time: formatWhen(validUntil) })}
      </p>
      {mayWrite && (
        <Button size="small" onClick={() => cancel(message)}>
          {t('waits.cancel')}
        </Button>
      )}
    </div>
  );
}

/** Whether a moment has passed; draws anew when it does. */
function useAfter(atMs: number): boolean {
  const [isPast, setPast] = useState(Date.now() >= atMs);
  useEffect(() => {
    const timer = setTimeout(() => setPast(true), Math.max(0, atMs - Date.now()));
    return () => clearTimeout(timer);
  }, [atMs]);
  return isPast;
}
