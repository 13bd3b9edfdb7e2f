import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import { useWords } from '../../words/index.ts';
import { Checkbox } from '../checkbox/checkbox.tsx';
import { isPlainClick } from './plain-click.ts';
import type { Column } from './table.tsx';
import { type Selection, useListKeys } from './use-list-keys.ts';
import styles from './virtual-table.module.css';

export interface WideColumn<Row> extends Column<Row> {
  /** As a track of a grid: `minmax(160px, 2fr)`, `90px`. */
  width: string;
}

/**
 * Many rows of one height, of which only those in sight are drawn; it fills its place and scrolls inside. The keys are
 * those of `Table`. `onEnd` is asked for more when the last rows come into sight.
 */
export function VirtualTable<Row>({
  label,
  columns,
  rows,
  keyOf,
  onOpen,
  onEnd,
  selection,
  rowHeight = 44,
  total,
}: {
  label: string;
  columns: readonly WideColumn<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  onOpen?: (row: Row) => void;
  onEnd?: () => void;
  selection?: Selection;
  /** In pixels, the line under it included. */
  rowHeight?: number;
  /** How many there are, where not all are loaded. */
  total?: number;
}): ReactNode {
  const t = useWords('ui');
  const frame = useRef<HTMLDivElement>(null);
  const keys = rows.map(keyOf);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => keys[index] ?? index,
    overscan: 8,
  });
  const open = (key: string) => {
    const row = rows[keys.indexOf(key)];
    if (row !== undefined) onOpen?.(row);
  };
  const list = useListKeys({
    keys,
    selection,
    open: onOpen && open,
    show: (key) => virtual.scrollToIndex(keys.indexOf(key)),
  });
  const shown = virtual.getVirtualItems();
  const isAtEnd = (shown.at(-1)?.index ?? -1) >= rows.length - 5;
  useEffect(() => {
    if (isAtEnd && rows.length > 0) onEnd?.();
  }, [isAtEnd, rows.length, onEnd]);

  const tracks = [selection && '40px', ...columns.map(({ width }) => width)].filter(Boolean).join(' ');
  const narrow = [selection && '40px', ...columns.filter(({ isExtra }) => !isExtra).map(({ width }) => width)]
    .filter(Boolean)
    .join(' ');
  const chosen = selection ? keys.filter((key) => selection.chosen.has(key)).length : 0;
  return (
    <div ref={frame} className={styles.frame}>
      {/* biome-ignore lint/a11y/useSemanticElements: rows out of sight are not there, and the others stand anywhere */}
      <div
        role="table"
        aria-label={label}
        aria-rowcount={(total ?? rows.length) + 1}
        className={styles.table}
        style={{ '--tracks': tracks, '--narrow': narrow } as object}
      >
        {/* biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: as above */}
        <div role="row" aria-rowindex={1} className={`${styles.cells} ${styles.head}`}>
          {selection && (
            <Cell role="columnheader">
              <Checkbox
                label={t('chooseAll')}
                isChecked={chosen > 0 && chosen === keys.length}
                isMixed={chosen > 0 && chosen < keys.length}
                onChange={(all) => selection.set(new Set(all ? keys : []))}
              />
            </Cell>
          )}
          {columns.map((column) => (
            <Cell key={column.key} role="columnheader" of={column}>
              {column.title}
            </Cell>
          ))}
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        <div role="rowgroup" className={styles.rows} style={{ blockSize: virtual.getTotalSize() }}>
          {shown.map(({ index, key: virtualKey, start }) => {
            const row = rows[index];
            const key = keys[index];
            if (row === undefined || key === undefined) return null;
            return (
              // biome-ignore lint/a11y/useSemanticElements lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: as above; rowProps hears the keys and takes the focus
              <div
                key={virtualKey}
                {...list.rowProps(key)}
                role="row"
                aria-rowindex={index + 2}
                className={`${styles.cells} ${styles.row} ${onOpen ? styles.opens : ''}`}
                style={{ blockSize: rowHeight, transform: `translateY(${start}px)` }}
                onClick={onOpen && ((event) => isPlainClick(event.target) && onOpen(row))}
              >
                {selection && (
                  <Cell role="cell">
                    <Checkbox
                      label={t('choose')}
                      isChecked={selection.chosen.has(key)}
                      onChange={() => list.choose(key)}
                    />
                  </Cell>
                )}
                {columns.map((column) => (
                  <Cell key={column.key} role="cell" of={column}>
                    {column.cell(row)}
                  </Cell>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Cell<Row>({
  role,
  of,
  children,
}: {
  role: 'cell' | 'columnheader';
  of?: WideColumn<Row>;
  children: ReactNode;
}): ReactNode {
  const classes = [styles.cell, of?.align && styles[of.align], of?.isExtra && styles.extra];
  return (
    <div role={role} className={classes.filter(Boolean).join(' ')}>
      {children}
    </div>
  );
}
