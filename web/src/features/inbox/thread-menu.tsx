import type { Conversation } from '@multiwa/sdk';
import { Archive, ArchiveRestore, Ellipsis, MailOpen, Pin, PinOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, Menu, type MenuItem, useCommands } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { useInbox } from './commands.ts';
import { inboxWords } from './words/index.ts';

/** What can be done about a conversation; loaded after it is drawn. */
export function ThreadMenu({ conversation }: { conversation: Conversation }): ReactNode {
  const t = useWords(inboxWords);
  const { archive, pin, markUnread } = useInbox();
  const { id, isArchived, isPinned } = conversation;
  const items: MenuItem[] = [
    {
      label: isArchived ? t('thread.unarchive') : t('thread.archive'),
      icon: isArchived ? ArchiveRestore : Archive,
      keys: 'e',
      run: () => archive(id, !isArchived),
    },
    {
      label: isPinned ? t('thread.unpin') : t('thread.pin'),
      icon: isPinned ? PinOff : Pin,
      run: () => pin(id, !isPinned),
    },
    { label: t('thread.markUnread'), icon: MailOpen, keys: 'u', run: () => markUnread(id) },
  ];
  useCommands([
    {
      id: 'inbox.archive',
      label: isArchived ? t('thread.unarchive') : t('keys.archive'),
      keys: 'e',
      also: 'archive',
      run: () => archive(id, !isArchived),
    },
    {
      id: 'inbox.unread',
      label: t('keys.unread'),
      keys: 'u',
      also: 'unread',
      run: () => markUnread(id),
    },
  ]);
  return <Menu trigger={<Button kind="quiet" icon={Ellipsis} label={t('thread.more')} />} items={items} />;
}
