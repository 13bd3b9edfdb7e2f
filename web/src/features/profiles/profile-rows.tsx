import type { Profile } from '@multiwa/sdk';
import { useRouter } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Plug } from 'lucide-react';
import { memo, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useMay } from '../../session/index.ts';
import { Button, Phone, Tag, Time, useCommands, useListKeys } from '../../ui/index.ts';
import { formatList, formatNumber, useWords } from '../../words/index.ts';
import { useConnect } from './commands.ts';
import styles from './profiles.module.css';
import { StatusBadge, useReason } from './status.tsx';
import { profilesWords } from './words/index.ts';

/** So many rows before the end the next page is asked for. */
const aheadRows = 60;
/** Where a row is a card, as tall as what it says; else all rows are of one height. */
const narrow = matchMedia('(width < 800px)');
/** A state that is younger is shown as new. */
const freshMs = 2_000;

/** Profiles, each a row, however many: only those in sight are drawn. */
export function ProfileRows({
  profiles,
  total,
  more,
}: {
  profiles: readonly Profile[];
  total: number | undefined;
  /** Asks for the next page; undefined: all are here, or it is on its way. */
  more: (() => unknown) | undefined;
}): ReactNode {
  const t = useWords(profilesWords);
  const scroll = useRef<HTMLDivElement>(null);
  const [height] = useState(rowHeight);
  const rows = useVirtualizer({
    count: profiles.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    getItemKey: (index) => profiles[index]?.id ?? index,
    overscan: 8,
  });
  const drawn = rows.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= profiles.length - aheadRows) more();
  }, [more, last, profiles.length]);

  const acts = useActs();
  const keys = useListKeys({ keys: profiles.map(({ id }) => id), open: acts.open });
  useConnectKey(profiles, acts);
  return (
    <div ref={scroll} className={styles.scroll}>
      <table aria-label={t('title')} aria-rowcount={(total ?? profiles.length) + 1} className={styles.table}>
        <Head />
        <tbody className={styles.body} style={{ blockSize: rows.getTotalSize() }}>
          {drawn.map(({ index, start }) => {
            const profile = profiles[index];
            if (!profile) return null;
            const { ref, ...row } = keys.rowProps(profile.id);
            return (
              <tr
                key={profile.id}
                data-index={index}
                data-profile={profile.id}
                aria-rowindex={index + 2}
                {...row}
                ref={(element) => {
                  ref(element);
                  if (narrow.matches) rows.measureElement(element);
                }}
                className={styles.row}
                style={{ transform: `translateY(${start}px)` }}
                onClick={({ target }) => {
                  if (target instanceof Element && !target.closest('a, button')) acts.open(profile.id);
                }}
              >
                <Cells profile={profile} acts={acts} />
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Head(): ReactNode {
  const t = useWords(profilesWords);
  return (
    <thead>
      <tr aria-rowindex={1} className={styles.head}>
        <th scope="col">{t('columns.name')}</th>
        <th scope="col">{t('columns.phone')}</th>
        <th scope="col">{t('columns.state')}</th>
        <th scope="col">{t('columns.since')}</th>
        <th scope="col" className={styles.wide}>
          {t('columns.node')}
        </th>
        <th scope="col" className={`${styles.extra} ${styles.number}`}>
          {t('columns.queued')}
        </th>
        <th scope="col" className={`${styles.extra} ${styles.number}`}>
          {t('columns.today')}
        </th>
        <th scope="col" className={`${styles.extra} ${styles.number}`}>
          {t('columns.failed')}
        </th>
        <th scope="col">
          <span className="unseen">{t('connect')}</span>
        </th>
      </tr>
    </thead>
  );
}

/** What a row shows; drawn anew only when its profile changed. */
const Cells = memo(function Cells({ profile, acts }: { profile: Profile; acts: Acts }): ReactNode {
  const t = useWords(profilesWords);
  const reason = useReason()(profile);
  const {
    id,
    name,
    phone,
    status,
    statusSince,
    nodeId,
    queued = 0,
    today,
    dailyMessageLimit,
    labels,
  } = profile;
  const sent = formatNumber(today?.sent ?? 0);
  const isFresh = Date.now() - Date.parse(statusSince) < freshMs;
  return (
    <>
      <td className={styles.name}>
        <a
          href={`/profiles/${id}`}
          tabIndex={-1}
          title={name}
          onPointerEnter={() => acts.preload(id)}
          onClick={(event) => {
            // With a key it opens a page of its own, as everywhere.
            if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
            event.preventDefault();
            acts.open(id);
          }}
        >
          <bdi>{name}</bdi>
        </a>
        {labels.length > 0 && (
          <span title={formatList(labels)}>
            <Tag>{labels.length > 1 ? `${labels[0]} +${labels.length - 1}` : labels[0]}</Tag>
          </span>
        )}
      </td>
      <td className={`${styles.phoneCell} ${styles.soft}`}>
        {phone ? <Phone number={phone} /> : t('noNumber')}
      </td>
      <td className={styles.stateCell}>
        <span className={styles.state}>
          <span key={statusSince} className={isFresh ? styles.fresh : undefined}>
            <StatusBadge status={status} />
          </span>
          {reason && status !== 'connected' && (
            <span className={styles.reason} title={reason}>
              {reason}
            </span>
          )}
        </span>
      </td>
      <td className={`${styles.sinceCell} ${styles.soft}`}>
        <Time at={statusSince} />
      </td>
      <td className={`${styles.wide} ${styles.soft}`} title={nodeId ?? undefined}>
        <bdi>{nodeId ?? '–'}</bdi>
      </td>
      <td className={`${styles.extra} ${styles.number}`}>{formatNumber(queued)}</td>
      <td className={`${styles.extra} ${styles.number}`}>
        {dailyMessageLimit === null ? sent : t('ofLimit', { sent, limit: formatNumber(dailyMessageLimit) })}
      </td>
      <td className={`${styles.extra} ${styles.number} ${today?.failed ? styles.bad : ''}`}>
        {formatNumber(today?.failed ?? 0)}
      </td>
      <td className={styles.actCell}>
        {acts.connect && canConnect(profile) && (
          <Button
            kind="quiet"
            size="small"
            icon={Plug}
            label={`${t('connect')}: ${name}`}
            onClick={() => acts.connect?.(profile)}
          />
        )}
      </td>
    </>
  );
});

const canConnect = ({ status }: Profile) => ['disconnected', 'logged_out', 'failed'].includes(status);

/** The height of a row in this density, as the tokens say. */
const rowHeight = (): number =>
  Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue('--row'), 10) || 44;

interface Acts {
  open: (id: string) => void;
  /** Loads what the page of a profile needs, before it is pressed. */
  preload: (id: string) => void;
  /** Absent where the person may not. */
  connect: ((profile: Profile) => void) | undefined;
}

/** The same ones for all rows, and over all drawings: links and mutations of their own would make each row dear. */
function useActs(): Acts {
  const router = useRouter();
  const mayConnect = useMay()('profile:connect');
  const { mutate } = useConnect();
  return useMemo(() => {
    const to = (id: string) => ({ to: '/profiles/$id', params: { id } }) as const;
    return {
      open: (id) => void router.navigate(to(id)),
      preload: (id) => void router.preloadRoute(to(id)).catch(() => undefined),
      connect: mayConnect ? (profile) => mutate(profile) : undefined,
    };
  }, [router, mayConnect, mutate]);
}

/** `c` connects the row that has the focus. */
function useConnectKey(profiles: readonly Profile[], { connect }: Acts): void {
  const t = useWords(profilesWords);
  useCommands([
    {
      id: 'profiles.connect',
      label: t('connect'),
      keys: 'c',
      isQuiet: true,
      isAllowed: connect !== undefined,
      run: () => {
        const id = document.activeElement?.closest<HTMLElement>('[data-profile]')?.dataset.profile;
        const profile = profiles.find((each) => each.id === id);
        if (profile && canConnect(profile)) connect?.(profile);
      },
    },
  ]);
}
