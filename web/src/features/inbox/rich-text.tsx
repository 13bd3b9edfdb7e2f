import { type ReactNode, useMemo } from 'react';
import { useWords } from '../../words/index.ts';
import type { Link } from './links.ts';
import { type Piece, piecesOf } from './marks.ts';
import styles from './rich-text.module.css';
import { inboxWords } from './words/index.ts';

/** Words of somebody, with WhatsApp's marks and links: text nodes only, in their own direction. */
export function RichText({ text }: { text: string }): ReactNode {
  const pieces = useMemo(() => piecesOf(text), [text]);
  return (
    <div className={styles.text} dir="auto">
      <Pieces pieces={pieces} />
    </div>
  );
}

function Pieces({ pieces }: { pieces: readonly Piece[] }): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: they are made of a text anew and never move
  return pieces.map((piece, index) => <Drawn key={index} piece={piece} />);
}

function Drawn({ piece }: { piece: Piece }): ReactNode {
  switch (piece.kind) {
    case 'text':
      return piece.text;
    case 'code':
      return <code className={styles.code}>{piece.text}</code>;
    case 'block':
      return <pre className={styles.block}>{piece.text}</pre>;
    case 'link':
      return <Leading link={piece.link}>{piece.text}</Leading>;
    case 'bold':
      return (
        <strong>
          <Pieces pieces={piece.pieces} />
        </strong>
      );
    case 'italic':
      return (
        <em>
          <Pieces pieces={piece.pieces} />
        </em>
      );
    case 'strike':
      return (
        <s>
          <Pieces pieces={piece.pieces} />
        </s>
      );
    case 'quote':
      return (
        <blockquote className={styles.quote}>
          <Pieces pieces={piece.pieces} />
        </blockquote>
      );
  }
}

/** A link of a stranger. Where it says something else than where it leads, both are shown. */
export function Leading({ link, children }: { link: Link; children: ReactNode }): ReactNode {
  const t = useWords(inboxWords);
  return (
    <>
      <a href={link.href} target="_blank" rel="noopener noreferrer nofollow" title={link.href}>
        {children}
      </a>
      {link.disguised && (
        <bdi className={styles.disguised}>
          {' '}
          ({t('body.leads', { host: `\u2068${link.disguised}\u2069` })})
        </bdi>
      )}
    </>
  );
}
