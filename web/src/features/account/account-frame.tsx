import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Page } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import styles from './account.module.css';
import { accountWords } from './words/index.ts';

const places = {
  profile: '/account/profile',
  security: '/account/security',
  sessions: '/account/sessions',
  appearance: '/account/appearance',
} as const;

/** The frame of the account pages: which there are, and which one this is. */
export function AccountFrame({
  place,
  children,
}: {
  place: keyof typeof places;
  children: ReactNode;
}): ReactNode {
  const t = useWords(accountWords);
  return (
    <Page title={t(`places.${place}`)} width="narrow">
      <nav className={styles.places} aria-label={t('title')}>
        {Object.entries(places).map(([name, to]) => (
          <Link key={name} to={to} className={styles.place}>
            {t(`places.${name as keyof typeof places}`)}
          </Link>
        ))}
      </nav>
      {children}
    </Page>
  );
}
