import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowLeft, MessageSquarePlus } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { Button, Tag } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { NewChat } from './new-chat.tsx';
import styles from './phone.module.css';
import { PhoneMenu } from './phone-menu.tsx';
import { groupsQuery, phonesQuery } from './queries.ts';
import { chatsOf, type Screen } from './screen.ts';
import { PhoneThread } from './thread.tsx';
import { useScreen } from './use-screen.ts';
import { sandboxWords } from './words/index.ts';

/** How a chat is called on a phone: by the name of who it is with, if that is known. */
export function useChatNames(): (chat: string) => string {
  const { data: phones } = useQuery(phonesQuery);
  const { data: groups } = useQuery(groupsQuery);
  return useMemo(() => {
    const names = new Map<string, string>([
      ...(phones?.map(({ number, name }): [string, string] => [number, name]) ?? []),
      ...(groups?.map(({ jid, subject }): [string, string] => [jid, subject]) ?? []),
    ]);
    return (chat) => names.get(chat) || (chat.includes('@') ? chat : `+${chat}`);
  }, [phones, groups]);
}

/** A number that is named for the first time is a new phone, which lists of phones have not heard of. */
function useKnownPhone(phone: { number: string; name: string } | undefined): void {
  const cache = useQueryClient();
  const { number, name } = phone ?? {};
  useEffect(() => {
    const known = cache.getQueryData(phonesQuery.queryKey);
    if (number === undefined || !known) return;
    if (known.some((each) => each.number === number && each.name === name)) return;
    void cache.invalidateQueries({ queryKey: phonesQuery.queryKey });
  }, [cache, number, name]);
}

/** A phone of the sandbox: its chats, one of them open, and what can be done with it. */
export function SandboxPhone({
  number,
  chat: fixed,
  draft,
  putAway,
}: {
  number: string;
  /** The only chat that is shown: for pages that tell a story. */
  chat?: string | undefined;
  /** What stands in the line to write in already. */
  draft?: string | undefined;
  putAway?: (() => void) | undefined;
}): ReactNode {
  const t = useWords(sandboxWords);
  const screen = useScreen(number);
  const nameOf = useChatNames();
  useKnownPhone(screen.phone);
  const [opened, setOpened] = useState<string>();
  const [isNew, setNew] = useState(false);
  const chat = fixed ?? opened;
  const name = screen.phone?.name || nameOf(number);
  const isOff = screen.phone?.online === false;
  return (
    <section className={styles.phone} aria-label={t('phone.label', { name })}>
      <header className={styles.head}>
        <span className={styles.avatar} aria-hidden>
          {name.replace('+', '').slice(0, 1)}
        </span>
        <span className={styles.who}>
          <strong>
            <bdi>{name}</bdi>
          </strong>
          <bdi dir="ltr" className={styles.soft}>
            +{number}
          </bdi>
        </span>
        {isOff && <Tag>{t('phone.offline')}</Tag>}
        {fixed === undefined && screen.phone && <PhoneMenu phone={screen.phone} putAway={putAway} />}
      </header>
      {chat === undefined ? (
        <>
          <div className={styles.bar}>
            <h2>{t('phone.chats')}</h2>
            <Button
              kind="quiet"
              size="small"
              icon={MessageSquarePlus}
              label={t('phone.newChat')}
              onClick={() => setNew(true)}
            />
          </div>
          <Chats screen={screen} open={setOpened} />
        </>
      ) : (
        <>
          <div className={styles.bar}>
            {fixed === undefined && (
              <Button
                kind="quiet"
                size="small"
                icon={ArrowLeft}
                isMirrored
                label={t('phone.back')}
                onClick={() => setOpened(undefined)}
              />
            )}
            <h2>
              <bdi>{nameOf(chat)}</bdi>
            </h2>
          </div>
          <PhoneThread
            key={chat}
            number={number}
            chat={chat}
            messages={screen.messages.get(chat) ?? []}
            typing={screen.phone?.typing.some((one) => one.chat === chat) ?? false}
            unread={screen.phone?.chats.find((one) => one.chat === chat)?.unread ?? 0}
            draft={draft}
          />
        </>
      )}
      <NewChat
        isOpen={isNew}
        of={number}
        onClose={() => setNew(false)}
        open={(to) => {
          setNew(false);
          setOpened(to);
        }}
      />
    </section>
  );
}

function Chats({ screen, open }: { screen: Screen; open: (chat: string) => void }): ReactNode {
  const t = useWords(sandboxWords);
  const nameOf = useChatNames();
  const chats = chatsOf(screen);
  if (screen.phone === undefined) return <p className={styles.nothing}>{t('phone.waiting')}</p>;
  if (chats.length === 0) return <p className={styles.nothing}>{t('phone.noChats')}</p>;
  return (
    <ul className={styles.chats}>
      {chats.map(({ chat, unread, last }) => (
        <li key={chat}>
          <button type="button" className={styles.chat} onClick={() => open(chat)}>
            <span className={styles.chatName}>
              <bdi>{nameOf(chat)}</bdi>
              {unread > 0 && (
                <span className={styles.unread}>
                  <span aria-hidden>{unread}</span>
                  <span className="unseen">{t('phone.unread', { count: unread })}</span>
                </span>
              )}
            </span>
            <span className={styles.line}>
              <bdi>{last?.text || last?.content.fileName || ' '}</bdi>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
