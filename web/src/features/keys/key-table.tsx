import type { ApiKey } from '@multiwa/sdk';
import type { ReactNode } from 'react';
import { useMay } from '../../session/index.ts';
import { Badge, Button, type Column, Table, Time } from '../../ui/index.ts';
import { formatList, useWords } from '../../words/index.ts';
import { useProfileName } from '../developers/index.ts';
import type { useRevoking } from './commands.ts';
import styles from './keys.module.css';
import { Scopes } from './scope-picker.tsx';
import { keysWords } from './words/index.ts';

const soonMs = 7 * 24 * 60 * 60 * 1000;

/** Keys with what they may, where, until when, and when somebody used them last. */
export function KeyTable({
  keys,
  revoking,
}: {
  keys: readonly ApiKey[];
  revoking: ReturnType<typeof useRevoking>;
}): ReactNode {
  const t = useWords(keysWords);
  const may = useMay();
  const nameOf = useProfileName();
  const columns: Column<ApiKey>[] = [
    {
      key: 'name',
      title: t('name'),
      cell: ({ name, prefix }) => (
        <div className={styles.name}>
          <bdi>{name}</bdi>
          <code dir="ltr">{prefix}…</code>
        </div>
      ),
    },
    { key: 'allowed', title: t('allowed'), cell: ({ permissions }) => <Scopes of={permissions} /> },
    {
      key: 'where',
      title: t('where'),
      isExtra: true,
      cell: ({ profileIds }) =>
        profileIds ? (
          <span title={formatList(profileIds.map(nameOf))}>
            {t('profileCount', { count: profileIds.length })}
          </span>
        ) : (
          t('everywhere')
        ),
    },
    {
      key: 'expires',
      title: t('expires'),
      isExtra: true,
      cell: ({ expiresAt }) => <Expiry at={expiresAt} />,
    },
    {
      key: 'used',
      title: t('used'),
      isExtra: true,
      cell: ({ lastUsedAt }) => (lastUsedAt ? <Time at={lastUsedAt} /> : t('neverUsed')),
    },
    {
      key: 'acts',
      title: <span className="unseen">{t('revoke')}</span>,
      align: 'end',
      cell: ({ id, name }) =>
        revoking.leaving.has(id) ? (
          <span className={styles.leaving} role="status">
            {t('revoking')}
            <Button size="small" onClick={() => revoking.undo(id)}>
              {t('undo')}
            </Button>
          </span>
        ) : (
          may('apikey:delete') && (
            <Button size="small" onClick={() => revoking.begin(id)} label={t('revokeNamed', { name })}>
              {t('revoke')}
            </Button>
          )
        ),
    },
  ];
  return <Table label={t('title')} columns={columns} rows={keys} keyOf={({ id }) => id} />;
}

function Expiry({ at }: { at: string | null }): ReactNode {
  const t = useWords(keysWords);
  if (at === null) return t('lifetimes.never');
  const leftMs = new Date(at).getTime() - Date.now();
  if (leftMs <= 0) return <Badge hue="off">{t('expired')}</Badge>;
  if (leftMs > soonMs) return <Time at={at} />;
  return (
    <Badge hue="warning">
      <Time at={at} />
    </Badge>
  );
}
