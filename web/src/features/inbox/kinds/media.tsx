import { Eye, FileText } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { Dialog } from '../../../ui/index.ts';
import { formatBytes, formatDuration, useWords } from '../../../words/index.ts';
import { ownPath } from '../links.ts';
import { kindName } from '../one-line.tsx';
import { RichText } from '../rich-text.tsx';
import { inboxWords } from '../words/index.ts';
import styles from './kinds.module.css';
import type { WithFile } from './with-file.ts';

const MissingFile = lazy(() => import('./missing-file.tsx').then((file) => ({ default: file.MissingFile })));

/** So large a picture is in a thread at most. */
const sideMax = 280;

/** A file, from our own origin, with the words below it. */
export function MediaBody({ message }: { message: WithFile }): ReactNode {
  const t = useWords(inboxWords);
  const { caption, viewOnce } = message.content as { caption?: string; viewOnce?: boolean };
  return (
    <>
      {viewOnce && (
        <p className={styles.notice}>
          <Eye aria-hidden size={16} />
          <span>{t('body.viewOnce')}</span>
        </p>
      )}
      <FileOf message={message} />
      {caption && <RichText text={caption} />}
    </>
  );
}

function FileOf({ message }: { message: WithFile }): ReactNode {
  const { media } = message.content;
  const path = ownPath(media?.url);
  if (media?.state === 'stored' && path) return <Stored message={message} path={path} />;
  return (
    <Suspense fallback={null}>
      <MissingFile message={message} />
    </Suspense>
  );
}

function Stored({ message, path }: { message: WithFile; path: string }): ReactNode {
  const t = useWords(inboxWords);
  const content = message.content as { seconds?: number; filename?: string };
  const media = message.content.media ?? { state: 'stored' };
  const filename = media.filename || content.filename || t(`kinds.${kindName(message.type)}`);
  const label = t(`kinds.${kindName(message.type)}`);
  switch (message.type) {
    case 'image':
      return <Picture message={message} path={path} />;
    case 'sticker':
      return (
        <img className={styles.sticker} src={path} alt={label} width={128} height={128} loading="lazy" />
      );
    case 'video':
      return (
        // biome-ignore lint/a11y/useMediaCaption: what people send each other has no captions
        <video
          className={styles.video}
          src={path}
          poster={ownPath(media.thumbnailUrl)}
          controls
          preload="metadata"
          aria-label={label}
        />
      );
    case 'audio':
    case 'voice':
      return (
        <div className={styles.sound}>
          {/* biome-ignore lint/a11y/useMediaCaption: what people say to each other has no captions */}
          <audio src={path} controls preload="none" aria-label={label} />
          {(media.seconds ?? content.seconds) !== undefined && (
            <span className={styles.faint}>
              {formatDuration(1000 * (media.seconds ?? content.seconds ?? 0))}
            </span>
          )}
        </div>
      );
    case 'document':
      return (
        <a className={styles.file} href={path} download={filename} target="_blank" rel="noopener noreferrer">
          <FileText aria-hidden size={24} />
          <span>
            <span dir="auto" className={styles.clip}>
              {filename}
            </span>
            <span className={styles.faint}>
              {media.bytes !== undefined && formatBytes(media.bytes)} {media.mimetype}
            </span>
          </span>
        </a>
      );
  }
}

/** A picture in the size it will have, before it is there; opened it is shown whole. */
function Picture({ message, path }: { message: WithFile; path: string }): ReactNode {
  const t = useWords(inboxWords);
  const [isOpen, setOpen] = useState(false);
  const { media, caption } = message.content as WithFile['content'] & { caption?: string };
  const { width = 4, height = 3, thumbnailUrl, filename, bytes } = media ?? {};
  const scale = Math.min(1, sideMax / Math.max(width, height));
  const [inline, block] = [Math.max(72, width * scale), Math.max(48, height * scale)].map(Math.round);
  const name = caption || filename || t('kinds.image');
  return (
    <>
      <button
        type="button"
        className={styles.picture}
        onClick={() => setOpen(true)}
        aria-label={t('body.open', { name: t('kinds.image') })}
      >
        <img
          src={ownPath(thumbnailUrl) ?? path}
          alt={name}
          width={inline}
          height={block}
          loading="lazy"
          decoding="async"
        />
      </button>
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title={<bdi>{name}</bdi>} size="wide">
        <img className={styles.whole} src={path} alt={name} />
        <p className={styles.faint}>
          {width > 4 && <bdi dir="ltr">{`${width} × ${height}`}</bdi>}{' '}
          {bytes !== undefined && formatBytes(bytes)}{' '}
          <a href={path} download={filename || true} target="_blank" rel="noopener noreferrer">
            {t('act.download')}
          </a>
        </p>
      </Dialog>
    </>
  );
}
