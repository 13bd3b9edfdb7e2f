import type { FoundMessage } from '@multiwa/sdk';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Button, Problem, Skeleton } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import styles from './conversation-list.module.css';
import { numberOf, senderOf } from './names.ts';
import { OneLine } from './one-line.tsx';
import { searchQuery } from './queries.ts';
import { shortWhen } from './when.ts';
import { inboxWords } from './words/index.ts';

/** Messages that say what is looked for; each leads to its place in its conversation. */
export function FoundMessages({ q, profileId }: { q: string; profileId: string | undefined }): ReactNode {
  const t = useWords(inboxWords);
  const found = useInfiniteQuery(searchQuery(q, profileId));
  const hits = found.data?.pages.flatMap(({ results }) => results) ?? [];
  const coverage = found.data?.pages[0]?.coverage;
  return (
    <section className={styles.found} aria-label={t('list.found')}>
      <h2>{t('list.found')}</h2>
      {found.isPending && <Skeleton rows={3} />}
      {found.isError && !found.data && <Problem error={found.error} again={() => found.refetch()} />}
      {found.data && hits.length === 0 && <p>{t('list.foundNone')}</p>}
      {coverage && coverage !== 'complete' && <p>{t('list.foundSome')}</p>}
      {hits.map((hit) => (
        <Hit key={hit.message.id} hit={hit} />
      ))}
      {found.hasNextPage && (
        <p>
          <Button size="small" isBusy={found.isFetchingNextPage} onClick={() => found.fetchNextPage()}>
            {t('list.foundMore')}
          </Button>
        </p>
      )}
    </section>
  );
}

function Hit({ hit: { message, highlights } }: { hit: FoundMessage }): ReactNode {
  const t = useWords(inboxWords);
  const [piece] = highlights;
  const conversation = message.conversation as { name?: string | null; chatId?: string } | undefined;
  const where = conversation?.name || numberOf(conversation?.chatId ?? null);
  const sender = message.direction === 'outgoing' ? t('you') : senderOf(message, t('unknownPerson'));
  return (
    <Link
      to="/inbox/$conversationId"
      params={{ conversationId: message.conversationId }}
      search={(search) => ({ ...search, m: message.id })}
      className={styles.hit}
    >
      <span className={styles.faint}>
        <bdi>{where && where !== sender ? `${sender} · ${where}` : sender}</bdi>
        <time dateTime={message.timestamp}>{shortWhen(message.timestamp)}</time>
      </span>
      <span dir="auto">{piece ? <Marked {...piece} /> : <OneLine message={message} />}</span>
    </Link>
  );
}

/** A piece of a message with what was looked for marked in it. */
function Marked({ text, ranges }: FoundMessage['highlights'][number]): ReactNode {
  let from = 0;
  const parts = ranges.flatMap(({ start, end }) => {
    const before = text.slice(from, start);
    from = end;
    return [before, <mark key={start}>{text.slice(start, end)}</mark>];
  });
  return [...parts, text.slice(from)];
}
