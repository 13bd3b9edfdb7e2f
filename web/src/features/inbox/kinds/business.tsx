import type { AlbumContent, ChoiceContent, ChoicesContent, OrderContent, ProductContent } from '@multiwa/sdk';
import { CornerDownRight, ShoppingCart, Tag } from 'lucide-react';
import type { ReactNode } from 'react';
import { locale, useWords } from '../../../words/index.ts';
import { linkOf } from '../links.ts';
import { Leading, RichText } from '../rich-text.tsx';
import { inboxWords } from '../words/index.ts';
import styles from './kinds.module.css';

/** A price as the language writes it; a currency that nobody knows is shown as it came. */
function priceOf(amount: number | undefined, currency = ''): string {
  if (amount === undefined) return '';
  try {
    return new Intl.NumberFormat(locale(), { style: 'currency', currency }).format(amount);
  } catch {
    return `${amount} ${currency}`;
  }
}

/** Words with buttons to press, or a list to choose from. */
export function Choices({
  content: { title, text, footer, choices = [] },
}: {
  content: ChoicesContent;
}): ReactNode {
  return (
    <>
      {title && <strong dir="auto">{title}</strong>}
      {text && <RichText text={text} />}
      {footer && (
        <p className={styles.faint} dir="auto">
          {footer}
        </p>
      )}
      <ul className={styles.choices}>
        {choices.map(({ id, text: label, description, section, url }, index) => {
          const link = url ? linkOf(url) : undefined;
          return (
            <li key={id ?? `${index} ${label}`} dir="auto">
              {section && <span className={styles.faint}>{section}: </span>}
              {link ? <Leading link={link}>{label}</Leading> : label}
              {description && <span className={styles.faint}> {description}</span>}
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** What somebody pressed or chose. */
export function Choice({ content: { text, id } }: { content: ChoiceContent }): ReactNode {
  return (
    <p className={styles.notice}>
      <CornerDownRight aria-hidden size={16} data-mirrored="true" />
      <span dir="auto">{text ?? id}</span>
    </p>
  );
}

export function Product({ content }: { content: ProductContent }): ReactNode {
  const { title, description, text, price, salePrice, currency, url } = content;
  const link = url ? linkOf(url) : undefined;
  return (
    <div className={styles.card}>
      <span className={styles.named}>
        <Tag aria-hidden size={20} />
        <strong dir="auto">{title}</strong>
      </span>
      {description && <p dir="auto">{description}</p>}
      <p>
        {salePrice !== undefined && <s>{priceOf(price, currency)}</s>} {priceOf(salePrice ?? price, currency)}
      </p>
      {link && <Leading link={link}>{URL.parse(link.href)?.host}</Leading>}
      {text && <RichText text={text} />}
    </div>
  );
}

export function Order({ content }: { content: OrderContent }): ReactNode {
  const t = useWords(inboxWords);
  const { title, text, items, total, currency } = content;
  return (
    <div className={styles.card}>
      <span className={styles.named}>
        <ShoppingCart aria-hidden size={20} />
        <strong dir="auto">{title || t('kinds.order')}</strong>
      </span>
      <p>
        {items !== undefined && t('body.items', { count: items })} {priceOf(total, currency)}
      </p>
      {text && <RichText text={text} />}
    </div>
  );
}

/** Files that belong together, and follow one by one. */
export function Album({ content: { images = 0, videos = 0 } }: { content: AlbumContent }): ReactNode {
  const t = useWords(inboxWords);
  return <p className={styles.faint}>{t('body.album', { images, videos })}</p>;
}
