import { type Message, type Profile, postMessagesText } from '@multiwa/sdk';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { Send } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { client } from '../../session/index.ts';
import { Button, Field, Input, Loaded, Panel, ProblemLine } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { SandboxPhone } from '../sandbox/index.ts';
import { firstMessagesQuery } from './queries.ts';
import { Said } from './said.tsx';
import styles from './start.module.css';
import { startWords } from './words/index.ts';

/** Two sides of a conversation: what the server has, and beside it the phone of the customer. */
export function TalkStep({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(startWords);
  const { customer, phone } = useSearch({ from: '/shell/start' });
  return (
    <div className={styles.pair}>
      <Panel title={t('talk.title')} hint={customer ? undefined : t('talk.connected')}>
        <Chat profile={profile} customer={customer} />
      </Panel>
      {customer && phone && (
        <div className={styles.side}>
          <SandboxPhone number={customer} chat={phone} />
        </div>
      )}
    </div>
  );
}

function Chat({ profile, customer }: { profile: Profile; customer: string | undefined }): ReactNode {
  const t = useWords(startWords);
  const messages = useQuery(firstMessagesQuery(profile.id));
  const [sending, setSending] = useState<{ reference: string; text: string }[]>([]);
  return (
    <>
      <Loaded query={messages}>
        {(all) => {
          const kept = new Set(all.map(({ clientReference }) => clientReference));
          const saving = sending.filter(({ reference }) => !kept.has(reference));
          return (
            <Log messages={all} saving={saving.map(({ text }) => text)} isAwaited={customer !== undefined} />
          );
        }}
      </Loaded>
      <Write
        profile={profile}
        to={customer}
        first={customer ? t('answer') : t('talk.hello')}
        sends={(one) => setSending((before) => [...before, one])}
        failed={(reference) => setSending((before) => before.filter((one) => one.reference !== reference))}
      />
    </>
  );
}

function Log({
  messages,
  saving,
  isAwaited,
}: {
  messages: readonly Message[];
  saving: readonly string[];
  isAwaited: boolean;
}): ReactNode {
  const t = useWords(startWords);
  const end = useRef<HTMLDivElement>(null);
  const count = messages.length + saving.length;
  useEffect(() => {
    if (count > 0) end.current?.scrollTo({ top: end.current.scrollHeight });
  }, [count]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it by keys
    <div ref={end} className={styles.log} role="log" aria-label={t('talk.log')} tabIndex={0}>
      {count === 0 && isAwaited && <p className={styles.soft}>{t('talk.waiting')}</p>}
      {messages.map((message) => (
        <Said
          key={message.id}
          text={textOf(message)}
          isOwn={message.direction === 'outgoing'}
          at={message.timestamp}
          status={message.status}
          why={message.failureReason}
        />
      ))}
      {saving.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they have no id yet
        <Said key={index} text={text} isOwn status="saving" />
      ))}
    </div>
  );
}

const textOf = ({ type, content }: Message): string => {
  const { text, caption } = content as { text?: string; caption?: string };
  return text ?? caption ?? type;
};

function Write({
  profile,
  to,
  first,
  sends,
  failed,
}: {
  profile: Profile;
  to: string | undefined;
  first: string;
  sends: (one: { reference: string; text: string }) => void;
  failed: (reference: string) => void;
}): ReactNode {
  const t = useWords(startWords);
  const cache = useQueryClient();
  const [text, setText] = useState(first);
  const [number, setNumber] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const send = useMutation({
    mutationFn: ({ reference, text: said }: { reference: string; text: string }) =>
      postMessagesText({
        client,
        // Asked again under the same name it is not sent twice.
        headers: { 'Idempotency-Key': reference },
        body: { profileId: profile.id, to: to ?? number, text: said, clientReference: reference },
      }),
    onSuccess: () => cache.invalidateQueries({ queryKey: firstMessagesQuery(profile.id).queryKey }),
    onError: (_, { reference, text: said }) => {
      failed(reference);
      setText(said);
    },
  });
  useEffect(() => {
    // The answer is typed already: Enter sends it.
    if (to) field.current?.focus();
  }, [to]);
  return (
    <form
      className={styles.write}
      onSubmit={(event) => {
        event.preventDefault();
        const said = text.trim();
        if (said === '' || (!to && number.trim() === '')) return;
        const one = { reference: crypto.randomUUID(), text: said };
        sends(one);
        setText('');
        send.mutate(one);
      }}
    >
      {!to && (
        <Field label={t('talk.to')} hint={t('talk.toHint')}>
          {(ties) => (
            <Input
              {...ties}
              type="tel"
              dir="ltr"
              value={number}
              onChange={({ target }) => setNumber(target.value)}
            />
          )}
        </Field>
      )}
      <div className={styles.line}>
        <Input
          ref={field}
          aria-label={t('talk.write')}
          autoComplete="off"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <Button type="submit" kind="main" icon={Send} isDisabled={text.trim() === ''}>
          {t('talk.send')}
        </Button>
      </div>
      {send.isError && <ProblemLine error={send.error} />}
    </form>
  );
}
