import type { Message } from '@multiwa/sdk';
import { type ReactNode, useRef } from 'react';
import { useWords } from '../../words/index.ts';
import { wordsOf } from './arrived.ts';
import { senderOf } from './names.ts';
import { kindName } from './one-line.tsx';
import { inboxWords } from './words/index.ts';

/** Speaks what comes in while the conversation is open, and nothing that was there before. */
export function Announcer({ messages }: { messages: readonly Message[] }): ReactNode {
  const t = useWords(inboxWords);
  const before = useRef<string>(undefined);
  const last = messages.findLast(({ direction }) => direction === 'incoming');
  if (messages.length > 0) before.current ??= last?.createdAt ?? '';
  const isNew = last !== undefined && before.current !== undefined && last.createdAt > before.current;
  return (
    <p className="unseen" aria-live="polite">
      {isNew &&
        t('thread.from', {
          name: senderOf(last, t('unknownPerson')),
          text: wordsOf(last) || t(`kinds.${kindName(last.type)}`),
        })}
    </p>
  );
}
