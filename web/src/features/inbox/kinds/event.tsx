import type { EventContent, EventResponse, GroupInviteContent } from '@multiwa/sdk';
import { CalendarDays, Users } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatList, formatMoment, useWords } from '../../../words/index.ts';
import { linkOf } from '../links.ts';
import { numberOf } from '../names.ts';
import { Leading, RichText } from '../rich-text.tsx';
import { inboxWords } from '../words/index.ts';
import styles from './kinds.module.css';

const answers = [
  ['going', 'body.going'],
  ['not-going', 'body.notGoing'],
  ['maybe', 'body.maybe'],
] as const;

/** Something that takes place, and who comes. */
export function Meeting({
  content: { name, description, start, end, location, joinLink, cancelled },
  responses,
}: {
  content: EventContent;
  responses: readonly EventResponse[];
}): ReactNode {
  const t = useWords(inboxWords);
  const link = joinLink ? linkOf(joinLink) : undefined;
  const namesOf = (response: string) =>
    responses
      .filter((each) => each.response === response)
      .map(({ fromMe, senderName, senderJid }) =>
        fromMe ? t('you') : senderName || numberOf(senderJid) || t('unknownPerson'),
      );
  return (
    <div className={styles.card}>
      <span className={styles.named}>
        <CalendarDays aria-hidden size={20} />
        <strong dir="auto">{name}</strong>
      </span>
      {cancelled && <p>{t('body.cancelledEvent')}</p>}
      {start && (
        <p>
          {formatMoment(start)}
          {end && ` – ${formatMoment(end)}`}
        </p>
      )}
      {description && <RichText text={description} />}
      {(location?.name || location?.address) && <p dir="auto">{location.name ?? location.address}</p>}
      {link && <Leading link={link}>{joinLink}</Leading>}
      {answers.map(([response, key]) => {
        const names = namesOf(response);
        return (
          names.length > 0 && (
            <p key={response} className={styles.faint}>
              {t(key)}: {formatList(names)}
            </p>
          )
        );
      })}
    </div>
  );
}

/** An invitation of this profile into a group. */
export function GroupInvite({
  content: { name, invitedUntil, caption },
}: {
  content: GroupInviteContent;
}): ReactNode {
  const t = useWords(inboxWords);
  return (
    <div className={styles.card}>
      <span className={styles.named}>
        <Users aria-hidden size={20} />
        <strong dir="auto">{name}</strong>
      </span>
      <p className={styles.faint}>{t('kinds.group-invite')}</p>
      {invitedUntil && (
        <p className={styles.faint}>{t('body.invitedUntil', { time: formatMoment(invitedUntil) })}</p>
      )}
      {caption && <RichText text={caption} />}
    </div>
  );
}
