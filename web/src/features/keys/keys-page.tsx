import type { ApiKey, CreatedApiKey } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { KeyRound, Plus } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useMay, usePerson, useScope } from '../../session/index.ts';
import {
  Button,
  Dialog,
  definePage,
  Empty,
  Loaded,
  Page,
  Panel,
  Select,
  Skeleton,
  useCommands,
} from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { profileNamesQuery } from '../developers/index.ts';
import { useRevoking } from './commands.ts';
import { KeyMade } from './key-made.tsx';
import { KeyTable } from './key-table.tsx';
import { keysQuery, membersQuery } from './queries.ts';
import { keysWords } from './words/index.ts';

const KeyForm = lazy(() => import('./key-form.tsx').then((file) => ({ default: file.KeyForm })));

function KeysPage(): ReactNode {
  const t = useWords(keysWords);
  const may = useMay();
  const { new: isMaking = false } = useSearch({ from: '/shell/developers/keys' });
  const navigate = useNavigate({ from: '/developers/keys' });
  const [userId, setUserId] = useState('');
  const [made, setMade] = useState<CreatedApiKey>();
  const { profile: scope } = useScope();
  const keys = useQuery(keysQuery(userId || undefined));
  const revoking = useRevoking();
  const show = (isOpen: boolean) => {
    if (!isOpen) setMade(undefined);
    void navigate({ search: isOpen ? { new: true } : {}, replace: true });
  };
  const mayMake = may('apikey:create');
  useCommands([
    {
      id: 'keys.new',
      label: t('make'),
      also: 'new api key',
      keys: 'n',
      isAllowed: mayMake,
      run: () => show(true),
    },
  ]);
  const button = mayMake && (
    <Button kind="main" icon={Plus} onClick={() => show(true)}>
      {t('make')}
    </Button>
  );
  return (
    <Page title={t('title')} hint={t('hint')} actions={button}>
      <Panel isFlush actions={may('user:update') && <Whose value={userId} onChange={setUserId} />}>
        <Loaded query={keys} place={<Skeleton rows={4} />}>
          {(all: ApiKey[]) => {
            const list = all.filter(({ profileIds }) => !scope || !profileIds || profileIds.includes(scope));
            return list.length === 0 ? (
              <Empty icon={KeyRound} title={t('none')} actions={button}>
                {t('noneHint')}
              </Empty>
            ) : (
              <KeyTable keys={list} revoking={revoking} />
            );
          }}
        </Loaded>
      </Panel>
      <Dialog
        isOpen={isMaking && mayMake}
        onClose={() => show(false)}
        title={made ? t('made', { name: made.name }) : t('make')}
        size="wide"
      >
        <Suspense fallback={<Skeleton rows={4} height="line" />}>
          {made ? <KeyMade made={made} onDone={() => show(false)} /> : <KeyForm onMade={setMade} />}
        </Suspense>
      </Dialog>
    </Page>
  );
}

function Whose({ value, onChange }: { value: string; onChange: (userId: string) => void }): ReactNode {
  const t = useWords(keysWords);
  const me = usePerson();
  const { data: members = [] } = useQuery(membersQuery);
  const others = members.filter(({ id }) => id !== me.id);
  if (others.length === 0) return null;
  return (
    <Select
      label={t('whose')}
      value={value}
      choices={[
        { value: '', label: t('mine') },
        ...others.map(({ id, name, email }) => ({ value: id, label: name || email })),
      ]}
      onChange={onChange}
    />
  );
}

export const page = definePage({
  component: KeysPage,
  words: [keysWords],
  load: ({ cache }) => {
    void cache.prefetchQuery(keysQuery());
    void cache.prefetchQuery(profileNamesQuery);
  },
});
