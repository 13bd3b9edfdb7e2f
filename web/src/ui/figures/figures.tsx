import type { ReactNode } from 'react';
import styles from './figures.module.css';

/** Facts in two columns, names first: `<Facts of={{ [t('made')]: <Time at={…} /> }} />`; what is absent is left out. */
export function Facts({ of }: { of: Readonly<Record<string, ReactNode>> }): ReactNode {
  return (
    <dl className={styles.facts}>
      {Object.entries(of)
        .filter(([, value]) => value !== undefined && value !== null && value !== false)
        .map(([name, value]) => (
          <div key={name} className={styles.fact}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** A few numbers beside each other, each under what it counts. */
export function Figures({ of }: { of: Readonly<Record<string, ReactNode>> }): ReactNode {
  return (
    <dl className={styles.figures}>
      {Object.entries(of).map(([name, value]) => (
        <div key={name} className={styles.figure}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
