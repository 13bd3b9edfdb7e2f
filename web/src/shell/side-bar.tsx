import { Link } from '@tanstack/react-router';
import { Search, UserRound, X } from 'lucide-react';
import { lazy, type ReactNode, Suspense } from 'react';
import { useMay, usePerson } from '../session/index.ts';
import { Button, KeyHint } from '../ui/index.ts';
import { useWords } from '../words/index.ts';
import { overview, type Place } from './places.ts';
import styles from './side-bar.module.css';
import { useGroups } from './use-places.ts';

const ScopeSwitcher = lazy(() =>
  import('./scope-switcher.tsx').then((file) => ({ default: file.ScopeSwitcher })),
);

/** Where one can go, in the four groups of people it is for. On a phone it lies over the page. */
export function SideBar({
  isOpen,
  onClose,
  onSearch,
}: {
  isOpen: boolean;
  onClose: () => void;
  onSearch: () => void;
}): ReactNode {
  const t = useWords('shell');
  const person = usePerson();
  const may = useMay();
  return (
    <nav className={styles.bar} data-open={isOpen || undefined} aria-label={t('menu')}>
      <div className={styles.head}>
        <Link to="/" className={styles.name}>
          <img src="/icon.svg" alt="" width={24} height={24} />
          <span>{person.organization.name}</span>
        </Link>
        <span className={styles.close}>
          <Button kind="quiet" icon={X} label={t('menu')} onClick={onClose} />
        </span>
      </div>
      <button type="button" className={styles.search} onClick={onSearch}>
        <Search aria-hidden size={16} />
        <span>{t('search')}</span>
        <KeyHint keys="Mod+K" />
      </button>
      {may('profile:read') && (
        <Suspense>
          <ScopeSwitcher />
        </Suspense>
      )}
      <div className={styles.places}>
        <Entry place={overview} />
        {useGroups().map(({ name, places }) => (
          <section key={name} aria-label={t(`groups.${name}`)}>
            <p className={styles.group} aria-hidden>
              {t(`groups.${name}`)}
            </p>
            {places.map((place) => (
              <Entry key={place.name} place={place} />
            ))}
          </section>
        ))}
      </div>
      <Link to="/account/profile" className={styles.person} activeProps={{ 'data-active': true }}>
        <UserRound aria-hidden size={16} />
        <span>
          <bdi>{person.name}</bdi>
          <span className="unseen">{t('account')}</span>
        </span>
      </Link>
    </nav>
  );
}

function Entry({ place: { name, to, icon: Icon } }: { place: Place }): ReactNode {
  const t = useWords('shell');
  return (
    <Link to={to} className={styles.entry} activeOptions={{ exact: to === '/', includeSearch: false }}>
      <Icon aria-hidden size={16} />
      {t(`places.${name}`)}
    </Link>
  );
}
