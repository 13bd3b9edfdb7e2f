import { Plus, Send } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Button, Menu, sayProblem } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { Bubble } from './bubble.tsx';
import { network } from './network.ts';
import type { PhoneMessage, SandboxMessage } from './network.types.ts';
import styles from './phone.module.css';
import { sandboxWords } from './words/index.ts';

type SampleKind =
  | 'image'
  | 'voice'
  | 'video'
  | 'audio'
  | 'document'
  | 'sticker'
  | 'location'
  | 'contact'
  | 'poll';

/** Of a longer chat the newest are shown. */
const shownMax = 200;
/** So often at most the others see that somebody writes. */
const typingEveryMs = 4_000;

/** An open chat on a phone: opening it reads it, as people do. */
export function PhoneThread({
  number,
  chat,
  messages,
  typing,
  unread,
  draft = '',
}: {
  number: string;
  chat: string;
  messages: readonly SandboxMessage[];
  typing: boolean;
  unread: number;
  draft?: string | undefined;
}): ReactNode {
  const t = useWords(sandboxWords);
  const end = useRef<HTMLDivElement>(null);
  const last = messages.at(-1)?.id;
  useEffect(() => {
    if (last) end.current?.scrollTo({ top: end.current.scrollHeight });
  }, [last]);
  useEffect(() => {
    if (unread > 0) network.read(number, chat).catch(sayProblem);
  }, [unread, number, chat]);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it by keys */}
      <div ref={end} className={styles.thread} role="log" aria-label={t('phone.chats')} tabIndex={0}>
        {messages.slice(-shownMax).map((message) => (
          <Bubble key={message.id} number={number} message={message} />
        ))}
        {typing && <p className={styles.typing}>{t('phone.writing')}</p>}
      </div>
      <Composer number={number} chat={chat} draft={draft} />
    </>
  );
}

function Composer({ number, chat, draft }: { number: string; chat: string; draft: string }): ReactNode {
  const t = useWords(sandboxWords);
  const [text, setText] = useState(draft);
  const toldAt = useRef(0);
  const send = (content: Omit<PhoneMessage, 'to'>) =>
    network.write(number, { to: chat, ...content } as PhoneMessage).catch(sayProblem);
  const tellTyping = () => {
    if (Date.now() - toldAt.current < typingEveryMs) return;
    toldAt.current = Date.now();
    // Nobody misses it when it fails.
    network.type(number, chat).catch(() => undefined);
  };
  const samples: { kind: SampleKind; fields: object }[] = [
    { kind: 'image', fields: { caption: t('phone.caption') } },
    { kind: 'voice', fields: { seconds: 4 } },
    { kind: 'video', fields: { seconds: 2 } },
    { kind: 'audio', fields: { seconds: 10 } },
    { kind: 'document', fields: { fileName: 'prices.pdf' } },
    { kind: 'sticker', fields: {} },
    { kind: 'location', fields: { latitude: -6.1754, longitude: 106.8272, name: t('phone.place') } },
    { kind: 'contact', fields: { name: t('kinds.contact'), number } },
    {
      kind: 'poll',
      fields: { question: t('phone.pollQuestion'), options: [t('phone.pollYes'), t('phone.pollNo')] },
    },
  ];
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        const said = text.trim();
        if (said === '') return;
        setText('');
        toldAt.current = 0;
        void send({ type: 'text', text: said });
      }}
    >
      <Menu
        align="start"
        trigger={<Button kind="quiet" icon={Plus} label={t('phone.kinds')} />}
        items={samples.map(({ kind, fields }) => ({
          label: t(`kinds.${kind}`),
          run: () => send({ type: kind, ...fields }),
        }))}
      />
      <input
        className={styles.write}
        aria-label={t('phone.write')}
        placeholder={t('phone.write')}
        autoComplete="off"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          if (target.value !== '') tellTyping();
        }}
      />
      <Button type="submit" kind="main" icon={Send} label={t('phone.send')} isDisabled={text.trim() === ''} />
    </form>
  );
}
