import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, Input } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import styles from './form.module.css';
import { webhooksWords } from './words/index.ts';

export interface HeaderRow {
  key: number;
  name: string;
  value: string;
}

export const rowsOf = (headers: Record<string, string>): HeaderRow[] =>
  Object.entries(headers).map(([name, value], key) => ({ key, name, value }));

export const headersOfRows = (rows: readonly HeaderRow[]): Record<string, string> =>
  Object.fromEntries(rows.filter(({ name }) => name.trim()).map(({ name, value }) => [name.trim(), value]));

/** Headers of one's own, sent with every delivery. Values that are kept come masked, and stay when they are left so. */
export function HeaderFields({
  rows,
  onChange,
}: {
  rows: readonly HeaderRow[];
  onChange: (rows: HeaderRow[]) => void;
}): ReactNode {
  const t = useWords(webhooksWords);
  const set = (key: number, change: Partial<HeaderRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...change } : row)));
  return (
    <fieldset className={styles.group}>
      <legend>{t('form.headers')}</legend>
      <p className={styles.hint}>{t('form.headersHint')}</p>
      {rows.map(({ key, name, value }) => (
        <div key={key} className={styles.header}>
          <Input
            isMono
            aria-label={t('form.headerName')}
            placeholder="authorization"
            value={name}
            onChange={(event) => set(key, { name: event.target.value })}
          />
          <Input
            isMono
            aria-label={t('form.headerValue')}
            placeholder="Bearer …"
            value={value}
            onChange={(event) => set(key, { value: event.target.value })}
          />
          <Button
            kind="quiet"
            icon={X}
            label={t('form.headerRemove', { name })}
            onClick={() => onChange(rows.filter((row) => row.key !== key))}
          />
        </div>
      ))}
      <div>
        <Button
          size="small"
          icon={Plus}
          onClick={() =>
            onChange([...rows, { key: Math.max(0, ...rows.map(({ key }) => key + 1)), name: '', value: '' }])
          }
        >
          {t('form.headerAdd')}
        </Button>
      </div>
    </fieldset>
  );
}
