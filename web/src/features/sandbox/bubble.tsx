import {
  AudioLines,
  BarChart3,
  Check,
  CheckCheck,
  Contact,
  Ellipsis,
  FileText,
  Image,
  type LucideIcon,
  MapPin,
  Mic,
  Sticker,
  Video,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, Menu, type MenuItem, sayProblem } from '../../ui/index.ts';
import { formatClock, useWords } from '../../words/index.ts';
import { network } from './network.ts';
import type { SandboxMessage } from './network.types.ts';
import styles from './phone.module.css';
import type { words } from './words/en.ts';
import { sandboxWords } from './words/index.ts';

const pictures: Record<string, LucideIcon> = {
  image: Image,
  video: Video,
  gif: Video,
  ptv: Video,
  voice: Mic,
  audio: AudioLines,
  document: FileText,
  sticker: Sticker,
  location: MapPin,
  liveLocation: MapPin,
  contact: Contact,
  contacts: Contact,
  poll: BarChart3,
};

/** A message as a phone shows it. */
export function Bubble({ number, message }: { number: string; message: SandboxMessage }): ReactNode {
  const t = useWords(sandboxWords);
  const { fromMe, type, text, content, timestamp, quoted } = message;
  const isText = type === 'text';
  const Picture = pictures[type];
  return (
    <div className={`${styles.bubble} ${fromMe ? styles.own : ''}`} data-type={type}>
      {quoted && <blockquote className={styles.quoted}>{quoted.text}</blockquote>}
      {!isText && (
        <span className={styles.kind}>
          {Picture && <Picture aria-hidden size={14} />}
          {nameOfKind(t, type)}
          {content.seconds !== undefined && ` · ${content.seconds} s`}
          {content.fileName && (
            <>
              {' · '}
              <bdi>{content.fileName}</bdi>
            </>
          )}
        </span>
      )}
      {content.thumbnail && <img src={`data:image/jpeg;base64,${content.thumbnail}`} alt="" width={160} />}
      {text !== '' && text !== content.fileName && <span className={styles.text}>{text}</span>}
      {content.poll?.options.map(({ name, votes }) => (
        <span key={name} className={styles.option}>
          <bdi>{name}</bdi> <span>{t('phone.votes', { count: votes })}</span>
        </span>
      ))}
      {content.reactions && content.reactions.length > 0 && (
        <span className={styles.reactions}>{content.reactions.map((each) => each.text).join(' ')}</span>
      )}
      <span className={styles.foot}>
        {content.edited && <span>{t('phone.edited')}</span>}
        <time dateTime={new Date(timestamp).toISOString()}>{formatClock(timestamp)}</time>
        {fromMe && <Ticks status={message.status} />}
        {type !== 'revoked' && <Acts number={number} message={message} />}
      </span>
    </div>
  );
}

function nameOfKind(t: ReturnType<typeof useWords<'sandbox'>>, type: string): string {
  const known = t('kinds', { returnObjects: true }) as Record<string, string>;
  return type in known ? t(`kinds.${type as keyof typeof words.kinds}`) : t('kinds.other');
}

function Ticks({ status }: { status: SandboxMessage['status'] }): ReactNode {
  const t = useWords(sandboxWords);
  const isRead = status === 'read' || status === 'played';
  const Picture = status === 'sent' ? Check : CheckCheck;
  const words = status === 'sent' ? t('phone.sentOn') : isRead ? t('phone.readOn') : t('phone.deliveredOn');
  return (
    <span className={isRead ? styles.read : undefined}>
      <Picture aria-hidden size={14} />
      <span className="unseen">{words}</span>
    </span>
  );
}

function Acts({
  number,
  message: { id, chat, fromMe },
}: {
  number: string;
  message: SandboxMessage;
}): ReactNode {
  const t = useWords(sandboxWords);
  const send = (type: string, fields: object) =>
    network.write(number, { to: chat, type, id, ...fields }).catch(sayProblem);
  const items: MenuItem[] = [{ label: t('phone.react'), run: () => send('reaction', { text: '👍' }) }];
  if (fromMe) items.push({ label: t('phone.takeBack'), isDanger: true, run: () => send('revoke', {}) });
  return (
    <Menu
      trigger={<Button kind="quiet" size="small" icon={Ellipsis} label={t('phone.about')} />}
      items={items}
    />
  );
}
