import type { Message } from '@multiwa/sdk';
import type { ReactNode } from 'react';
import { useWords } from '../../words/index.ts';
import styles from './bubble.module.css';
import { numberOf, senderOf } from './names.ts';
import { kindName, OneLine } from './one-line.tsx';
import { inboxWords } from './words/index.ts';

/** What a message answers; it leads there. */
export function QuotedBlock({
  message,
  quoted,
  onJump,
}: {
  message: Message;
  quoted: Message | undefined;
  onJump: (messageId: string) => void;
}): ReactNode {
  const t = useWords(inboxWords);
  const told = message.quoted;
  const id = quoted?.id ?? told?.messageId ?? message.quotedMessageId;
  if (!id || message.revokedAt) return null;
  const isOurs = quoted ? quoted.direction === 'outgoing' : told?.fromMe;
  const name = isOurs
    ? t('you')
    : quoted
      ? senderOf(quoted, t('unknownPerson'))
      : (numberOf(told?.senderJid ?? null) ?? t('unknownPerson'));
  return (
    <button type="button" className={styles.quoted} onClick={() => onJump(id)}>
      <span className={styles.sender}>
        <bdi>{name}</bdi>
      </span>
      {quoted ? (
        <OneLine message={quoted} />
      ) : (
        <span dir="auto" className={styles.clip}>
          {told?.text || t(`kinds.${kindName(told?.type ?? 'unknown')}`)}
        </span>
      )}
    </button>
  );
}
