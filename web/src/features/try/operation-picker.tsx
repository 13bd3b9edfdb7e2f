import { type ReactNode, useDeferredValue, useRef, useState } from 'react';
import { Input, Panel, useCommands } from '../../ui/index.ts';
import { formatNumber, useWords } from '../../words/index.ts';
import { Method } from './method.tsx';
import { found, type Operation } from './operations.ts';
import styles from './try.module.css';
import { tryWords } from './words/index.ts';

/** All operations by group, found by any of their words. */
export function OperationPicker({
  operations,
  chosen,
  onChoose,
}: {
  operations: readonly Operation[];
  chosen: Operation | undefined;
  onChoose: (id: string) => void;
}): ReactNode {
  const t = useWords(tryWords);
  const [find, setFind] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const sought = useDeferredValue(find.trim());
  const shown = Map.groupBy(found(operations, sought), ({ group }) => group);
  useCommands([
    {
      id: 'try.find',
      label: t('find'),
      also: 'search operations',
      keys: '/',
      run: () => field.current?.focus(),
    },
  ]);
  return (
    <Panel isFlush>
      <div className={styles.find}>
        <Input
          ref={field}
          type="search"
          aria-label={t('find')}
          placeholder={t('find')}
          value={find}
          onChange={(event) => setFind(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            // What is shown may still be what was typed before.
            const [first] = found(operations, find.trim());
            if (first) onChoose(first.id);
          }}
        />
      </div>
      <nav className={styles.groups} aria-label={t('operations')}>
        {[...shown].map(([group, list]) => (
          <details key={group} open={sought !== '' || group === chosen?.group}>
            <summary>
              <span lang="en">{group}</span>
              <span className={styles.count}>{formatNumber(list.length)}</span>
            </summary>
            <ul>
              {list.map((operation) => (
                <li key={operation.id}>
                  <button
                    type="button"
                    className={styles.operation}
                    aria-current={operation.id === chosen?.id || undefined}
                    onClick={() => onChoose(operation.id)}
                  >
                    <Method of={operation.method} />
                    <span lang="en" dir="ltr">
                      {operation.summary}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </details>
        ))}
        {shown.size === 0 && <p className={styles.soft}>{t('noneFound')}</p>}
      </nav>
    </Panel>
  );
}
