import type { TextContent } from '@multiwa/sdk';
import type { ReactNode } from 'react';
import { linkOf } from '../links.ts';
import { Leading } from '../rich-text.tsx';
import styles from './kinds.module.css';

/** The page that the link of a text leads to, as its sender's phone saw it. */
export function Preview({
  preview: { url, title, description },
}: {
  preview: NonNullable<TextContent['preview']>;
}): ReactNode {
  const link = linkOf(url);
  if (!link || !(title || description)) return null;
  return (
    <div className={styles.card} dir="auto">
      {title && <strong className={styles.clip}>{title}</strong>}
      {description && <p className={styles.clip}>{description}</p>}
      <Leading link={link}>{URL.parse(link.href)?.host}</Leading>
    </div>
  );
}
