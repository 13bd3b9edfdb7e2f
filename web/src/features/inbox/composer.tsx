import type { Message } from '@multiwa/sdk';
import { useQueryClient } from '@tanstack/react-query';
import { Paperclip, SendHorizontal, X } from 'lucide-react';
import {
  type KeyboardEvent,
  lazy,
  type ReactNode,
  type RefObject,
  Suspense,
  useEffect,
  useRef,
  useState,
} from 'react';
import { Button } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { send, type Target } from './commands.ts';
import styles from './composer.module.css';
import { drafts, useDrafts } from './drafts.ts';
import { senderOf } from './names.ts';
import { OneLine } from './one-line.tsx';
import { type Attached, kindOfFile } from './sent.ts';
import { inboxWords } from './words/index.ts';

const Attachments = lazy(() => import('./attachments.tsx').then((file) => ({ default: file.Attachments })));

/** Where a message is written: Enter sends, Shift+Enter begins a line; what was begun is kept for each chat. */
export function Composer({
  target,
  replyTo,
  onReplied,
  field,
  onSent,
}: {
  target: Target & { conversationId: string };
  replyTo: Message | undefined;
  /** The reply was sent or given up. */
  onReplied: () => void;
  field: RefObject<HTMLTextAreaElement | null>;
  onSent: () => void;
}): ReactNode {
  const t = useWords(inboxWords);
  const cache = useQueryClient();
  const { conversationId } = target;
  const [text, setText] = useDraft(conversationId);
  const [files, setFiles] = useState<readonly Attached[]>([]);
  const picker = useRef<HTMLInputElement>(null);
  const attach = (more: Iterable<File>) => {
    const added = [...more].map((file) => ({ file, as: kindOfFile(file) }));
    if (added.length > 0) setFiles((known) => [...known, ...added]);
    field.current?.focus();
  };

  const submit = () => {
    const words = text.trim();
    if (words === '' && files.length === 0) return;
    // Words go below the first file that can have some; else they are a message of their own.
    const captioned = files.findIndex(({ as }) => as !== 'audio');
    files.forEach(({ file, as }, index) => {
      const caption = index === captioned ? words : '';
      void send(cache, target, { kind: 'file', file, as, caption }, index === 0 ? replyTo : undefined);
    });
    if (captioned < 0 && words !== '') {
      void send(cache, target, { kind: 'text', text: words }, files.length === 0 ? replyTo : undefined);
    }
    setText('');
    setFiles([]);
    onReplied();
    onSent();
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      submit();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (replyTo) onReplied();
      else if (files.length > 0) setFiles([]);
      else field.current?.blur();
    }
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is dropped here can also be chosen by the button
    <div
      className={styles.composer}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        attach(event.dataTransfer.files);
      }}
    >
      {replyTo && (
        <div className={styles.reply}>
          <span className={styles.quoted}>
            <span className={styles.name}>
              {t('composer.replyTo', {
                name: replyTo.direction === 'outgoing' ? t('you') : senderOf(replyTo, t('unknownPerson')),
              })}
            </span>
            <OneLine message={replyTo} />
          </span>
          <Button kind="quiet" size="small" icon={X} label={t('composer.noReply')} onClick={onReplied} />
        </div>
      )}
      {files.length > 0 && (
        <Suspense fallback={null}>
          <Attachments files={files} onChange={setFiles} />
        </Suspense>
      )}
      <div className={styles.line}>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label={t('composer.attach')}
          onChange={({ target: input }) => {
            attach(input.files ?? []);
            input.value = '';
          }}
        />
        <Button
          kind="quiet"
          icon={Paperclip}
          label={t('composer.attach')}
          onClick={() => picker.current?.click()}
        />
        <textarea
          ref={field}
          className={styles.field}
          // Empty, it says what it is for in the language of the page.
          dir={text === '' ? undefined : 'auto'}
          rows={1}
          value={text}
          maxLength={65_536}
          aria-label={t('composer.label')}
          placeholder={t(files.length > 0 ? 'composer.caption' : 'composer.placeholder')}
          title={t('composer.hint')}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            if (event.clipboardData.files.length === 0) return;
            event.preventDefault();
            attach(event.clipboardData.files);
          }}
        />
        <Button
          kind="main"
          icon={SendHorizontal}
          isMirrored
          label={t('composer.send')}
          isDisabled={text.trim() === '' && files.length === 0}
          onClick={submit}
        />
      </div>
    </div>
  );
}

/** What was begun in this conversation, kept as it is typed. */
function useDraft(conversationId: string): [string, (text: string) => void] {
  const offers = useDrafts().offers();
  const [text, setText] = useState(() => drafts.read(conversationId));
  useEffect(() => {
    // Words that were refused come back to be changed.
    if (offers > 0) setText(drafts.read(conversationId));
  }, [offers, conversationId]);
  return [
    text,
    (next) => {
      setText(next);
      drafts.keep(conversationId, next);
    },
  ];
}
