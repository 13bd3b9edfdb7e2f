import type { Message } from '@multiwa/sdk';
import type { ReactNode } from 'react';
import { Button } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { useInbox } from './commands.ts';
import styles from './notes.module.css';
import type { words as english } from './words/en.ts';
import { inboxWords } from './words/index.ts';

type Reason = keyof typeof english.reasons;
const reasons: ReadonlySet<string> = new Set<Reason>([
  ...(['NOT_ON_WHATSAPP', 'NOT_GROUP_MEMBER', 'GROUP_ADMINS_ONLY', 'REFUSED', 'REFUSED_463'] as const),
  ...(['REFUSED_429', 'NO_ACK', 'EXPIRED', 'UPLOAD_FAILED', 'SEND_FAILED'] as const),
]);

/** The reason that has words here for a code of the server. */
export function reasonOf(code: string | null): Reason | undefined {
  if (code === null) return undefined;
  if (reasons.has(code)) return code as Reason;
  return code.startsWith('REFUSED_') ? 'REFUSED' : undefined;
}

/** Why a message did not go out, and what can be done now. Sending again makes a new message. */
export function FailedNote({
  message,
  repeatedBy,
  mayWrite,
  onJump,
}: {
  message: Message;
  repeatedBy: string | undefined;
  mayWrite: boolean;
  onJump: (messageId: string) => void;
}): ReactNode {
  const t = useWords(inboxWords);
  const { retry } = useInbox();
  const { status, failureCode, failureReason } = message;
  const reason = reasonOf(failureCode);
  const sentence =
    status === 'cancelled'
      ? t('failed.cancelled')
      : status === 'expired'
        ? t('failed.expired')
        : reason
          ? t(`reasons.${reason}`)
          : failureReason;
  return (
    <div className={status === 'failed' ? styles.failed : styles.undone}>
      <p>
        {status === 'failed' && <strong>{t('failed.title')}</strong>} <span dir="auto">{sentence}</span>
      </p>
      {failureCode && (
        <p className={styles.code}>
          {t('failed.code')} <code>{failureCode}</code>
        </p>
      )}
      {repeatedBy ? (
        <button type="button" className={styles.jump} onClick={() => onJump(repeatedBy)}>
          {t('failed.repeated')}
        </button>
      ) : (
        mayWrite && (
          <Button size="small" onClick={() => retry(message)}>
            {t('failed.again')}
          </Button>
        )
      )}
    </div>
  );
}
