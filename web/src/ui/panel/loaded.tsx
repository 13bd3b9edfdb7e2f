import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { formatClock, useWords } from '../../words/index.ts';
import { Problem } from '../problem/problem.tsx';
import { Skeleton } from '../skeleton/skeleton.tsx';
import styles from './panel.module.css';

/**
 * What a query answered, or the place it will take, or why it did not come. Data that could not be read anew stays, greyed,
 * with its age: `<Loaded query={useQuery(…)}>{(data) => …}</Loaded>`.
 */
export function Loaded<Data>({
  query,
  place = <Skeleton />,
  children,
}: {
  query: UseQueryResult<Data, unknown>;
  place?: ReactNode;
  children: (data: Data) => ReactNode;
}): ReactNode {
  const t = useWords('ui');
  if (query.data === undefined) {
    return query.isError ? <Problem error={query.error} again={() => query.refetch()} /> : place;
  }
  if (!query.isError) return children(query.data);
  return (
    <>
      <p className={styles.age} role="status">
        {t('aged', { time: formatClock(query.dataUpdatedAt) })}
      </p>
      <div className={styles.aged}>{children(query.data)}</div>
    </>
  );
}
