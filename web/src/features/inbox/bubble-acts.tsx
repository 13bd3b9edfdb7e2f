import type { Message } from '@multiwa/sdk';
import { Copy, Reply, SmilePlus, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button, Confirm, say } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { wordsOf } from './arrived.ts';
import styles from './bubble-acts.module.css';
import { useInbox } from './commands.ts';
import { inboxWords } from './words/index.ts';

const usual = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const;

/** What can be done about a message. */
export function BubbleActs({
  message,
  mayWrite,
  onReply,
}: {
  message: Message;
  mayWrite: boolean;
  onReply: (message: Message) => void;
}): ReactNode {
  const t = useWords(inboxWords);
  const { revoke } = useInbox();
  const [isReacting, setReacting] = useState(false);
  const [isSure, setSure] = useState(false);
  const words = wordsOf(message);
  const isThere =
    !message.revokedAt && !['queued', 'failed', 'expired', 'cancelled'].includes(message.status);
  const copy = () => navigator.clipboard.writeText(words).then(() => say(t('done.copied')));
  return (
    <div className={`${styles.acts} ${message.direction === 'outgoing' ? styles.ours : ''}`}>
      {mayWrite && isThere && (
        <>
          <Button
            kind="quiet"
            size="small"
            icon={Reply}
            label={t('act.reply')}
            onClick={() => onReply(message)}
          />
          <Button
            kind="quiet"
            size="small"
            icon={SmilePlus}
            label={t('act.react')}
            isPressed={isReacting}
            onClick={() => setReacting(!isReacting)}
          />
        </>
      )}
      {words !== '' && !message.revokedAt && (
        <Button kind="quiet" size="small" icon={Copy} label={t('act.copy')} onClick={copy} />
      )}
      {mayWrite && isThere && message.direction === 'outgoing' && (
        <Button
          kind="quiet"
          size="small"
          icon={Trash2}
          label={t('act.revoke')}
          onClick={() => setSure(true)}
        />
      )}
      {isReacting && <Emojis message={message} onDone={() => setReacting(false)} />}
      {isSure && (
        <Confirm
          isOpen
          onClose={() => setSure(false)}
          title={t('act.revokeSure')}
          button={t('act.revoke')}
          act={() => revoke(message)}
        >
          {t('act.revokeHint')}
        </Confirm>
      )}
    </div>
  );
}

function Emojis({ message, onDone }: { message: Message; onDone: () => void }): ReactNode {
  const t = useWords(inboxWords);
  const { react } = useInbox();
  const own = message.reactions.find(({ fromMe }) => fromMe)?.emoji;
  const choose = (emoji: string) => {
    onDone();
    void react(message, emoji === own ? '' : emoji);
  };
  return (
    <fieldset className={styles.emojis} aria-label={t('act.react')}>
      {usual.map((emoji) => (
        <button
          key={emoji}
          type="button"
          aria-pressed={emoji === own}
          aria-label={emoji === own ? t('act.unreact') : t('act.reactWith', { emoji })}
          onClick={() => choose(emoji)}
        >
          {emoji}
        </button>
      ))}
      <input
        aria-label={t('act.otherEmoji')}
        title={t('act.otherEmoji')}
        placeholder="…"
        maxLength={16}
        onChange={({ target: { value } }) =>
          /\p{Extended_Pictographic}|\p{RI}/u.test(value) && choose(value.trim())
        }
      />
    </fieldset>
  );
}
