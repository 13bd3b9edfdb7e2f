import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Plus, Smartphone } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { serverQuery } from '../../session/index.ts';
import {
  Button,
  definePage,
  Empty,
  Loaded,
  Page,
  Panel,
  Skeleton,
  sayProblem,
  Tabs,
  useCommands,
} from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { phonesMax, type SandboxSearch, sideTabs } from './address.ts';
import { FaultsPanel } from './faults-panel.tsx';
import { network } from './network.ts';
import { newNumber } from './new-number.ts';
import { SandboxPhone } from './phone.tsx';
import { phonesQuery } from './queries.ts';
import styles from './sandbox.module.css';
import { sandboxWords } from './words/index.ts';

// What is not seen at first comes when it is asked for.
const AddPhone = lazy(() => import('./add-phone.tsx').then((file) => ({ default: file.AddPhone })));
const LedgerPanel = lazy(() => import('./ledger-panel.tsx').then((file) => ({ default: file.LedgerPanel })));
const FindingsPanel = lazy(() =>
  import('./findings-panel.tsx').then((file) => ({ default: file.FindingsPanel })),
);

function SandboxPage(): ReactNode {
  const t = useWords(sandboxWords);
  const server = useQuery(serverQuery);
  if (server.data?.sandbox !== false) return <Phones />;
  return (
    <Page title={t('title')}>
      <Empty icon={Smartphone} title={t('off')}>
        {t('offHint')}
      </Empty>
    </Page>
  );
}

/** The phones that the address names, and beside them what happens to what they say. */
function Phones(): ReactNode {
  const t = useWords(sandboxWords);
  const search = useSearch({ from: '/shell/sandbox' });
  const navigate = useNavigate();
  const query = useQuery(phonesQuery);
  const [isAdding, setAdding] = useState(false);
  // Without a word about it, the two that were made last.
  const shown = search.phones ?? query.data?.slice(-2).map(({ number }) => number) ?? [];
  const go = (next: Partial<SandboxSearch>) =>
    void navigate({ to: '/sandbox', search: { ...search, ...next }, replace: true });
  const isFull = shown.length >= phonesMax;
  useCommands([
    {
      id: 'sandbox.add',
      label: t('addPhone'),
      also: 'add phone sandbox',
      keys: 'n',
      isAllowed: !isFull,
      run: () => setAdding(true),
    },
  ]);
  return (
    <Page
      title={t('title')}
      hint={t('hint')}
      actions={
        <Button kind="main" icon={Plus} isDisabled={isFull} onClick={() => setAdding(true)}>
          {t('addPhone')}
        </Button>
      }
    >
      <div className={styles.frame}>
        <section className={styles.phones} aria-label={t('shown')}>
          <Loaded query={query}>
            {() =>
              shown.length === 0 ? (
                <NoPhones show={(phones) => go({ phones })} />
              ) : (
                shown.map((number) => (
                  <SandboxPhone
                    key={number}
                    number={number}
                    putAway={() => go({ phones: shown.filter((each) => each !== number) })}
                  />
                ))
              )
            }
          </Loaded>
        </section>
        <Panel>
          <Tabs
            label={t('side.label')}
            value={search.side ?? 'faults'}
            onChange={(side) => go({ side: side === 'faults' ? undefined : side })}
            tabs={sideTabs.map((side) => ({
              value: side,
              label: t(`side.${side}`),
              content: side === (search.side ?? 'faults') && (
                <div className={styles.side}>
                  <Suspense fallback={<Skeleton />}>
                    {side === 'faults' && <FaultsPanel />}
                    {side === 'ledger' && (
                      <LedgerPanel
                        filter={{ number: search.of, messageId: search.message }}
                        change={({ number, messageId }) => go({ of: number, message: messageId })}
                      />
                    )}
                    {side === 'findings' && <FindingsPanel />}
                  </Suspense>
                </div>
              ),
            }))}
          />
        </Panel>
      </div>
      {isAdding && (
        <Suspense>
          <AddPhone
            isOpen
            shown={shown}
            onClose={() => setAdding(false)}
            add={(number) => {
              setAdding(false);
              go({ phones: [...shown.filter((each) => each !== number), number] });
            }}
          />
        </Suspense>
      )}
    </Page>
  );
}

function NoPhones({ show }: { show: (numbers: string[]) => void }): ReactNode {
  const t = useWords(sandboxWords);
  const cache = useQueryClient();
  const { data: phones = [] } = useQuery(phonesQuery);
  const showTwo = async () => {
    const known = phones.slice(-2).map(({ number }) => number);
    try {
      while (known.length < 2) known.push((await network.addPhone(newNumber())).number);
      void cache.invalidateQueries({ queryKey: phonesQuery.queryKey });
      show(known);
    } catch (error) {
      sayProblem(error);
    }
  };
  return (
    <Empty
      icon={Smartphone}
      title={t('none')}
      actions={
        <Button kind="main" onClick={showTwo}>
          {t('two')}
        </Button>
      }
    >
      {t('noneHint')}
    </Empty>
  );
}

export const page = definePage({
  component: SandboxPage,
  words: [sandboxWords],
  load: ({ cache }) => {
    void cache.prefetchQuery(serverQuery);
    void cache.prefetchQuery(phonesQuery);
  },
});
