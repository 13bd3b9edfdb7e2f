import type { ReactNode } from 'react';
import { useWords } from '../../words/index.ts';
import { Checkbox } from '../checkbox/checkbox.tsx';
import { isPlainClick } from './plain-click.ts';
import styles from './table.module.css';
import { type Selection, useListKeys } from './use-list-keys.ts';

export interface Column<Row> {
  key: string;
  title: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the end. */
  align?: 'end';
  /** Left out on narrow screens. */
  isExtra?: boolean;
}

/**
 * Some rows, at most a few hundred; thousands are for `VirtualTable`. `j` and `k` go through them, Enter opens, `x`
 * chooses. The first column names the row.
 */
export function Table<Row>({
  label,
  columns,
  rows,
  keyOf,
  onOpen,
  selection,
}: {
  /** What the rows are, for who hears the page. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  onOpen?: (row: Row) => void;
  selection?: Selection;
}): ReactNode {
  const t = useWords('ui');
  const keys = rows.map(keyOf);
  const list = useListKeys({
    keys,
    selection,
    open:
      onOpen &&
      ((key) => {
        const row = rows.find((each) => keyOf(each) === key);
        if (row !== undefined) onOpen(row);
      }),
  });
  const chosen = selection ? keys.filter((key) => selection.chosen.has(key)).length : 0;
  return (
    <div className={styles.frame}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>
            {selection && (
              <th className={styles.choice}>
                <Checkbox
                  label={t('chooseAll')}
                  isChecked={chosen > 0 && chosen === keys.length}
                  isMixed={chosen > 0 && chosen < keys.length}
                  onChange={(all) => selection.set(new Set(all ? keys : []))}
                />
              </th>
            )}
            {columns.map((column) => (
              <th key={column.key} scope="col" className={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const key = keyOf(row);
            return (
              <tr
                key={key}
                {...list.rowProps(key)}
                className={`${styles.row} ${onOpen ? styles.opens : ''}`}
                onClick={onOpen && ((event) => isPlainClick(event.target) && onOpen(row))}
              >
                {selection && (
                  <td className={styles.choice}>
                    <Checkbox
                      label={t('choose')}
                      isChecked={selection.chosen.has(key)}
                      onChange={() => list.choose(key)}
                    />
                  </td>
                )}
                {columns.map((column) => (
                  <td key={column.key} className={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function classOf<Row>({ align, isExtra }: Column<Row>): string {
  return [align && styles[align], isExtra && styles.extra].filter(Boolean).join(' ');
}
