import type { ConversationItem } from '@multiwa/sdk';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { MessagesSquare } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { profilesQuery } from '../../session/index.ts';
import { Empty, Problem, Skeleton, useListKeys } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import styles from './conversation-list.module.css';
import { ConversationRow } from './conversation-row.tsx';
import { useDrafts } from './drafts.ts';
import { FoundMessages } from './found-messages.tsx';
import { itemsOf } from './list.ts';
import { nameOfProfile } from './names.ts';
import { listQuery } from './queries.ts';
import type { ListFilter } from './search.ts';
import { useSteadyOrder } from './use-steady-order.ts';
import { inboxWords } from './words/index.ts';

const rowHeight = 64;

/** The conversations that fit, in a list that draws what is in sight; below them messages, when something is looked for. */
export function ConversationList({
  filter,
  openId,
}: {
  filter: ListFilter;
  openId: string | undefined;
}): ReactNode {
  const list = useInfiniteQuery(listQuery(filter));
  // As state: when what scrolls is there, the rows inside have to hear of it, also where they were at hand at once.
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const sorted = useMemo(() => (list.data ? itemsOf(list.data.pages) : []), [list.data]);
  const { items, pointer } = useSteadyOrder(sorted);
  return (
    <div ref={setScroller} className={styles.scroller} {...pointer}>
      {list.isError && !list.data && <Problem error={list.error} again={() => list.refetch()} />}
      {list.isPending && <Skeleton rows={8} />}
      {list.data && items.length === 0 && <Nothing filter={filter} />}
      <Rows
        items={items}
        scroller={scroller}
        openId={openId}
        more={list.hasNextPage && !list.isFetchingNextPage ? () => list.fetchNextPage() : undefined}
      />
      {filter.q && <FoundMessages q={filter.q} profileId={filter.profileId} />}
    </div>
  );
}

function Rows({
  items,
  scroller,
  openId,
  more,
}: {
  items: readonly ConversationItem[];
  scroller: HTMLDivElement | null;
  openId: string | undefined;
  more: (() => unknown) | undefined;
}): ReactNode {
  const t = useWords(inboxWords);
  const drafts = useDrafts();
  const { data: profiles = [] } = useQuery(profilesQuery);
  const nameOf = (id: string) => {
    const profile = profiles.length > 1 ? profiles.find((each) => each.id === id) : undefined;
    return profile && nameOfProfile(profile);
  };
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller,
    estimateSize: () => rowHeight,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 4,
  });
  const rows = virtual.getVirtualItems();
  const isNear = (rows.at(-1)?.index ?? 0) >= items.length - 10;
  useEffect(() => {
    if (isNear && items.length > 0) more?.();
  }, [isNear, items.length, more]);
  const keys = useListKeys({ keys: items.map(({ id }) => id) });
  if (items.length === 0) return null;
  return (
    <ul className={styles.rows} style={{ blockSize: virtual.getTotalSize() }} aria-label={t('conversations')}>
      {rows.map(({ index, start }) => {
        const item = items[index];
        if (!item) return null;
        const { tabIndex, ref, onFocus, onKeyDown } = keys.rowProps(item.id);
        return (
          <li
            key={item.id}
            className={styles.place}
            style={{ transform: `translateY(${start}px)` }}
            aria-setsize={items.length}
            aria-posinset={index + 1}
          >
            <ConversationRow
              item={item}
              profileName={nameOf(item.profileId)}
              hasDraft={item.id !== openId && drafts.read(item.id) !== ''}
              isOpen={item.id === openId}
              keys={{ tabIndex, ref, onFocus, onKeyDown }}
            />
          </li>
        );
      })}
    </ul>
  );
}

function Nothing({ filter: { view, profileId, q } }: { filter: ListFilter }): ReactNode {
  const t = useWords(inboxWords);
  if (view === 'open' && !profileId && !q) {
    return (
      <Empty icon={MessagesSquare} title={t('list.empty')}>
        {t('list.emptyHint')}
      </Empty>
    );
  }
  return <Empty title={t('list.nothing')}>{t('list.nothingHint')}</Empty>;
}
