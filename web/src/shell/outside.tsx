import { Outlet } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { Boundary } from '../ui/index.ts';
import styles from './outside.module.css';

const LanguageSelect = lazy(() =>
  import('./language-select.tsx').then((file) => ({ default: file.LanguageSelect })),
);

/** The frame of the pages before the sign-in. */
export function Outside(): ReactNode {
  return (
    <main id="page" className={styles.outside}>
      <div className={styles.head}>
        <img src="/icon.svg" alt="" width={32} height={32} />
        <strong>MultiWA</strong>
      </div>
      <div className={styles.box}>
        <Boundary>
          <Outlet />
        </Boundary>
      </div>
      <div className={styles.language}>
        <Suspense>
          <LanguageSelect />
        </Suspense>
      </div>
    </main>
  );
}
