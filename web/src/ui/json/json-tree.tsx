import { type ReactNode, useState } from 'react';
import { useWords } from '../../words/index.ts';
import { Button } from '../button/button.tsx';
import { CopyButton } from '../code/copy-button.tsx';
import styles from './json-tree.module.css';

/** So many entries of one list or object are drawn at first: a payload may have thousands. */
const shownMax = 100;

/** A value of JSON as text that folds, read from the left in every language; copied as a whole. */
export function JsonTree({
  value,
  label,
  depth = 3,
}: {
  value: unknown;
  label: string;
  /** So many levels are open at first. */
  depth?: number;
}): ReactNode {
  return (
    <div className={styles.block}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it by keys */}
      {/* biome-ignore lint/a11y/useSemanticElements: it is no part of a form */}
      <div className={styles.tree} dir="ltr" role="group" tabIndex={0} aria-label={label}>
        <Node value={value} depth={depth} />
      </div>
      <div className={styles.copy}>
        <CopyButton text={JSON.stringify(value, null, 2) ?? ''} />
      </div>
    </div>
  );
}

function Node({
  name,
  value,
  depth,
}: {
  name?: string | undefined;
  value: unknown;
  depth: number;
}): ReactNode {
  const shown = name !== undefined && <span className={styles.name}>{JSON.stringify(name)}: </span>;
  if (typeof value !== 'object' || value === null) {
    return (
      <div className={styles.leaf}>
        {shown}
        <span className={styles[kindOf(value)]}>{JSON.stringify(value) ?? 'undefined'}</span>
      </div>
    );
  }
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  const [open, close] = isList ? '[]' : '{}';
  if (entries.length === 0) {
    return (
      <div className={styles.leaf}>
        {shown}
        {open}
        {close}
      </div>
    );
  }
  return (
    <details className={styles.branch} open={depth > 0}>
      <summary>
        {shown}
        {open}
        <span className={styles.count}>
          {' '}
          {entries.length} {close}
        </span>
      </summary>
      <Entries entries={entries} isList={isList} depth={depth - 1} />
      <div className={styles.end}>{close}</div>
    </details>
  );
}

function Entries({
  entries,
  isList,
  depth,
}: {
  entries: [string, unknown][];
  isList: boolean;
  depth: number;
}): ReactNode {
  const t = useWords('ui');
  const [max, setMax] = useState(shownMax);
  return (
    <div className={styles.entries}>
      {entries.slice(0, max).map(([name, value]) => (
        <Node key={name} name={isList ? undefined : name} value={value} depth={depth} />
      ))}
      {entries.length > max && (
        <Button kind="quiet" size="small" onClick={() => setMax(max + shownMax * 5)}>
          {t('more')} ({entries.length - max})
        </Button>
      )}
    </div>
  );
}

function kindOf(value: unknown): 'text' | 'number' | 'word' {
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' ? 'number' : 'word';
}
