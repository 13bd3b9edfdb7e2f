import type { Message } from '@multiwa/sdk';
import { CircleHelp, EyeOff, Lock, Trash2 } from 'lucide-react';
import { lazy, type ReactNode, Suspense } from 'react';
import { useWords } from '../../../words/index.ts';
import { kindName } from '../one-line.tsx';
import { RichText } from '../rich-text.tsx';
import { inboxWords } from '../words/index.ts';
import styles from './kinds.module.css';
import { MediaBody } from './media.tsx';

const Preview = lazy(() => import('./preview.tsx').then((file) => ({ default: file.Preview })));
const RareBody = lazy(() => import('./rare-body.tsx').then((file) => ({ default: file.RareBody })));

/** What a message says, by its kind. A kind that is not known here is named as such. */
export function Body({ message }: { message: Message }): ReactNode {
  const t = useWords(inboxWords);
  if (message.revokedAt) {
    const isOurs = message.direction === 'outgoing';
    return <Notice icon={Trash2}>{t(isOurs ? 'body.revokedByYou' : 'body.revoked')}</Notice>;
  }
  switch (message.type) {
    case 'text':
      return (
        <>
          <RichText text={message.content.text ?? ''} />
          {message.content.preview && (
            <Suspense fallback={null}>
              <Preview preview={message.content.preview} />
            </Suspense>
          )}
        </>
      );
    case 'image':
    case 'video':
    case 'audio':
    case 'voice':
    case 'document':
    case 'sticker':
      return <MediaBody message={message} />;
    case 'location':
    case 'contact':
    case 'poll':
    case 'event':
    case 'group-invite':
    case 'choices':
    case 'choice':
    case 'product':
    case 'order':
    case 'album':
      return (
        <Suspense fallback={<Notice icon={CircleHelp}>{t(`kinds.${message.type}`)}</Notice>}>
          <RareBody message={message} />
        </Suspense>
      );
    case 'number-request':
      return <Notice icon={CircleHelp}>{t('kinds.number-request')}</Notice>;
    case 'undecrypted':
      return <Notice icon={Lock}>{t('body.undecrypted')}</Notice>;
    case 'unsupported':
      return (
        <Notice icon={EyeOff}>
          {t('body.unsupported')} {message.content.reason} {message.content.code}
        </Notice>
      );
    default:
      return <Unknown type={message.type} content={message.content as Record<string, unknown>} />;
  }
}

/** Something about a message, where it has no words of its own. */
export function Notice({
  icon: Icon,
  children,
}: {
  icon: typeof CircleHelp;
  children: ReactNode;
}): ReactNode {
  return (
    <p className={styles.notice}>
      <Icon aria-hidden size={16} />
      <span>{children}</span>
    </p>
  );
}

function Unknown({ type, content }: { type: string; content: Record<string, unknown> }): ReactNode {
  const t = useWords(inboxWords);
  const { kind } = content;
  const known = kindName(type);
  const name = known === 'unknown' ? String(kind ?? type) : t(`kinds.${known}`);
  return <Notice icon={CircleHelp}>{t('body.unknown', { kind: name })}</Notice>;
}
