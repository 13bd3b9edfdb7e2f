import { useNavigate, useSearch } from '@tanstack/react-router';
import { MessageSquarePlus, Search, X } from 'lucide-react';
import { type ReactNode, type RefObject, useEffect, useState } from 'react';
import { useMay } from '../../session/index.ts';
import { Button, Input, Select } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import styles from './inbox-page.module.css';
import type { InboxSearch } from './search.ts';
import { inboxWords } from './words/index.ts';

/** So long after the last letter it is looked for. */
const calmMs = 250;

/** What is shown in the list: searched, filtered; all of it stands in the address. */
export function ListHead({
  field,
  onNewChat,
}: {
  field: RefObject<HTMLInputElement | null>;
  onNewChat: () => void;
}): ReactNode {
  const t = useWords(inboxWords);
  const may = useMay();
  const search = useSearch({ from: '/shell/inbox' });
  const change = useChange();
  return (
    <div className={styles.listHead}>
      <div className={styles.line}>
        <SearchField field={field} q={search.q ?? ''} onChange={(q) => change({ q: q || undefined })} />
        {may('message:send') && (
          <Button icon={MessageSquarePlus} label={t('list.newChat')} onClick={onNewChat} />
        )}
      </div>
      <div className={styles.line}>
        <Select
          label={t('list.view')}
          value={search.view ?? 'open'}
          onChange={(view) => change({ view: view === 'open' ? undefined : view })}
          choices={[
            { value: 'open', label: t('list.open') },
            { value: 'unread', label: t('list.unread') },
            { value: 'archived', label: t('list.archived') },
          ]}
        />
      </div>
    </div>
  );
}

function SearchField({
  field,
  q,
  onChange,
}: {
  field: RefObject<HTMLInputElement | null>;
  q: string;
  onChange: (q: string) => void;
}): ReactNode {
  const t = useWords(inboxWords);
  const [typed, setTyped] = useState(q);
  useEffect(() => setTyped(q), [q]);
  useEffect(() => {
    if (typed.trim() === q) return;
    const timer = setTimeout(() => onChange(typed.trim()), calmMs);
    return () => clearTimeout(timer);
  });
  return (
    <search className={styles.search}>
      <Search aria-hidden size={16} />
      <Input
        ref={field}
        type="search"
        // Empty, it says what it is for in the language of the page.
        dir={typed === '' ? undefined : 'auto'}
        value={typed}
        aria-label={t('list.search')}
        placeholder={t('list.search')}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          if (typed === '') event.currentTarget.blur();
          setTyped('');
        }}
      />
      {typed !== '' && (
        <Button kind="quiet" size="small" icon={X} label={t('list.clear')} onClick={() => setTyped('')} />
      )}
    </search>
  );
}

/** Changes what the address says of the list; the open conversation stays. */
function useChange(): (change: InboxSearch) => void {
  const navigate = useNavigate();
  return (change) =>
    void navigate({
      to: '.',
      search: (before: InboxSearch) => ({ ...before, ...change }),
      replace: true,
    });
}
