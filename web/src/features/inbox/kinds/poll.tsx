import type { Message } from '@multiwa/sdk';
import { type ReactNode, useId } from 'react';
import { formatList, useWords } from '../../../words/index.ts';
import { numberOf } from '../names.ts';
import { inboxWords } from '../words/index.ts';
import styles from './kinds.module.css';

/** A question, its answers, and who votes for each. */
export function Poll({ message }: { message: Message & { type: 'poll' } }): ReactNode {
  const t = useWords(inboxWords);
  const id = useId();
  const { question, options = [], choicesMax } = message.content;
  const votes = new Map((message.votes ?? []).map((vote) => [vote.option, vote]));
  const most = Math.max(1, ...[...votes.values()].map(({ count }) => count));
  return (
    <div className={styles.poll}>
      <strong id={id} dir="auto">
        {question}
      </strong>
      <p className={styles.faint}>
        {choicesMax ? t('body.choicesMax', { count: choicesMax }) : t('body.anyChoices')}
      </p>
      <ul aria-labelledby={id}>
        {options.map((option) => {
          const { count = 0, voters = [] } = votes.get(option) ?? {};
          const names = voters.map(({ fromMe, senderName, senderJid }) =>
            fromMe ? t('you') : senderName || numberOf(senderJid) || t('unknownPerson'),
          );
          return (
            <li key={option} title={formatList(names)}>
              <span className={styles.option}>
                <span dir="auto">{option}</span>
                <span className={styles.faint}>{t('body.votes', { count })}</span>
              </span>
              <progress max={most} value={count} aria-hidden />
              {names.length > 0 && <span className={styles.faint}>{formatList(names)}</span>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
