import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import { Time, useListKeys } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import styles from './events.module.css';
import { lineOf } from './line.ts';
import type { Tailed } from './tail.ts';
import { eventsWords } from './words/index.ts';

const rowPx = 40;

/** Thousands of events, of which only those in sight are drawn; the end follows the newest while one looks there. */
export function EventRows({
  events,
  opened,
  onOpen,
  nameOf,
}: {
  events: readonly Tailed[];
  opened: string | undefined;
  onOpen: (id: string) => void;
  nameOf: (profileId: string) => string;
}): ReactNode {
  const t = useWords(eventsWords);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    getItemKey: (index) => events[index]?.id ?? index,
    overscan: 8,
    // What is in sight stays there when others are forgotten before it.
    anchorTo: 'end',
    followOnAppend: true,
  });
  const isEmpty = events.length === 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when there is something
  useEffect(() => rows.scrollToIndex(events.length - 1, { align: 'end' }), [isEmpty]);
  const shown = rows.getVirtualItems();
  const list = useListKeys({
    keys: shown.flatMap(({ index }) => events[index]?.id ?? []),
    open: onOpen,
  });
  return (
    <div ref={scroller} className={styles.scroller} role="log" aria-live="off" aria-label={t('tabs.tail')}>
      <ul className={styles.rows} style={{ blockSize: rows.getTotalSize() }}>
        {shown.map(({ key, index, start }) => {
          const one = events[index];
          return (
            one && (
              <li
                key={key}
                className={styles.row}
                style={{ transform: `translateY(${start}px)` }}
                data-open={one.id === opened || undefined}
              >
                <button
                  type="button"
                  className={styles.line}
                  {...list.rowProps(one.id)}
                  onClick={() => onOpen(one.id)}
                >
                  <span className={styles.sequence}>{one.sequence || '–'}</span>
                  <code dir="ltr" className={styles.name}>
                    {one.event}
                  </code>
                  <span className={styles.what}>
                    <bdi>{lineOf(one.data)}</bdi>
                  </span>
                  <span className={styles.profile}>
                    {one.profileId && <bdi>{nameOf(one.profileId)}</bdi>}
                  </span>
                  <Time at={one.timestamp} />
                </button>
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}
