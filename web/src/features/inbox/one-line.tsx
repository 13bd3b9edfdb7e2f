import type { Message } from '@multiwa/sdk';
import { File, Image, type LucideIcon, MapPin, Mic, Video } from 'lucide-react';
import type { ReactNode } from 'react';
import { useWords } from '../../words/index.ts';
import { wordsOf } from './arrived.ts';
import styles from './one-line.module.css';
import type { words as english } from './words/en.ts';
import { inboxWords } from './words/index.ts';

const pictures: Partial<Record<string, LucideIcon>> = {
  ...{ image: Image, video: Video, audio: Mic, voice: Mic, document: File, location: MapPin },
};

type KindName = keyof typeof english.kinds;
const named: ReadonlySet<string> = new Set<KindName>([
  ...(['text', 'image', 'video', 'audio', 'voice', 'document', 'sticker', 'location', 'contact'] as const),
  ...(['poll', 'event', 'group-invite', 'choices', 'choice', 'product', 'order', 'album'] as const),
  ...(['number-request', 'call', 'group-change', 'undecrypted', 'unsupported', 'unknown'] as const),
]);

/** What a kind is called; a kind that only a newer server knows is an unknown one. */
export const kindName = (type: string): KindName => (named.has(type) ? (type as KindName) : 'unknown');

/** A message in one line: the picture or name of its kind, and what it says. */
export function OneLine({
  message,
}: {
  message: Pick<Message, 'type' | 'content' | 'revokedAt'>;
}): ReactNode {
  const t = useWords(inboxWords);
  if (message.revokedAt) return <i>{t('body.revoked')}</i>;
  const Picture = pictures[message.type];
  const said = wordsOf(message).replaceAll(/\s+/g, ' ').slice(0, 200);
  return (
    <span className={styles.line}>
      {Picture && <Picture aria-hidden size={14} />}
      <span dir="auto" className={styles.words}>
        {message.type !== 'text' && !(Picture && said) && `${t(`kinds.${kindName(message.type)}`)} `}
        {said}
      </span>
    </span>
  );
}
