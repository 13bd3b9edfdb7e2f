import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useNavigate, useRouter, useRouterState } from '@tanstack/react-router';
import { Menu as MenuIcon } from 'lucide-react';
import { lazy, type ReactNode, useEffect, useState } from 'react';
import { type LivePart, startLive } from '../live/index.ts';
import { signOut } from '../session/index.ts';
import { Boundary, Button, OnceOpen, useCommands } from '../ui/index.ts';
import { useWords } from '../words/index.ts';
import styles from './shell.module.css';
import { SideBar } from './side-bar.tsx';
import { Strip } from './strip.tsx';
import { usePlaces } from './use-places.ts';

const Palette = lazy(() => import('./palette.tsx').then((file) => ({ default: file.Palette })));
const Help = lazy(() => import('./help.tsx').then((file) => ({ default: file.Help })));

/** The frame of every page behind the sign-in. */
export function Shell({ parts }: { parts: readonly LivePart[] }): ReactNode {
  const t = useWords('shell');
  const cache = useQueryClient();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const [opened, setOpened] = useState<'palette' | 'help' | 'menu'>();
  const close = () => setOpened(undefined);
  useEffect(() => startLive(cache, parts), [cache, parts]);
  useEffect(() => {
    // On a phone the menu covers the page that was chosen in it.
    if (path) setOpened(undefined);
  }, [path]);
  useTitleFocus();
  useGoing();
  useCommands([
    {
      id: 'shell.palette',
      label: t('search'),
      keys: 'Mod+K',
      isQuiet: true,
      run: () => setOpened('palette'),
    },
    {
      id: 'shell.help',
      label: t('help'),
      keys: '?',
      also: 'keyboard shortcuts help',
      run: () => setOpened('help'),
    },
    {
      id: 'shell.close-menu',
      label: t('menu'),
      keys: 'Escape',
      isAllowed: opened === 'menu',
      isQuiet: true,
      run: close,
    },
    { id: 'shell.sign-out', label: t('signOut'), also: 'sign out log out', run: signOut },
  ]);
  return (
    <div className={styles.shell}>
      <a href="#page" className={styles.skip}>
        {t('skip')}
      </a>
      <header className={styles.top}>
        <Button kind="quiet" icon={MenuIcon} label={t('menu')} onClick={() => setOpened('menu')} />
        <strong>MultiWA</strong>
      </header>
      <SideBar isOpen={opened === 'menu'} onClose={close} onSearch={() => setOpened('palette')} />
      <main id="page" className={styles.page} tabIndex={-1}>
        <Strip />
        <Boundary place={path}>
          <Outlet />
        </Boundary>
      </main>
      <OnceOpen isOpen={opened === 'palette'}>
        <Palette isOpen={opened === 'palette'} onClose={close} />
      </OnceOpen>
      <OnceOpen isOpen={opened === 'help'}>
        <Help isOpen={opened === 'help'} onClose={close} />
      </OnceOpen>
    </div>
  );
}

/** Another page begins at its heading, for who does not see it. What took the focus by itself keeps it. */
function useTitleFocus(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe('onRendered', ({ pathChanged, fromLocation }) => {
        if (!pathChanged || !fromLocation || document.activeElement?.matches('input, textarea')) return;
        document.querySelector<HTMLElement>('[data-page-title]')?.focus({ preventScroll: true });
      }),
    [router],
  );
}

/** `g` and a letter go to a place. */
function useGoing(): void {
  const t = useWords('shell');
  const navigate = useNavigate();
  useCommands(
    usePlaces().map(({ name, to, key, also }) => ({
      id: `go.${name}`,
      label: t(`places.${name}`),
      also: `${name} ${also ?? ''}`,
      keys: key && `g ${key}`,
      run: () => navigate({ to }),
    })),
  );
}
