import type { Message } from '@multiwa/sdk';
import { Phone, PhoneMissed, Users } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatClock, formatDuration, formatList, useWords } from '../../../words/index.ts';
import { numberOf } from '../names.ts';
import { inboxWords } from '../words/index.ts';
import styles from './told.module.css';

/** What happened in a chat without anybody writing: a change of a group, a call. */
export function GroupChange({
  message,
}: {
  message: Message & { type: 'group-change' | 'call' };
}): ReactNode {
  const t = useWords(inboxWords);
  if (message.type === 'call') {
    const { outcome = 'missed', video, seconds } = message.content;
    const Picture = outcome === 'missed' ? PhoneMissed : Phone;
    return (
      <p className={styles.told}>
        <Picture aria-hidden size={14} />
        {t(`body.call.${outcome}`)} {video && t('body.videoCall')}{' '}
        {seconds !== undefined && formatDuration(seconds * 1000)} {formatClock(message.timestamp)}
      </p>
    );
  }
  const { action, people = [], subject = '' } = message.content;
  const names = formatList(people.map((person) => `\u2068${numberOf(person) ?? person}\u2069`));
  return (
    <p className={styles.told}>
      <Users aria-hidden size={14} />
      <span>{action ? t(`change.${action}`, { people: names, subject }) : t('kinds.group-change')}</span>
    </p>
  );
}
