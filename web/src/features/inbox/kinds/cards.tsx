import type { ContactContent } from '@multiwa/sdk';
import { ContactRound } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './kinds.module.css';

/** The phone numbers of a vCard. */
export function numbersIn(vcard: string): string[] {
  return vcard
    .replaceAll(/\r?\n[ \t]/g, '')
    .split(/\r?\n/)
    .flatMap((line) => /^(?:[\w-]+\.)?TEL[^:]*:(?:tel:)?(.+)$/i.exec(line)?.[1]?.trim() ?? []);
}

/** Cards of an address book. */
export function Cards({ content }: { content: ContactContent }): ReactNode {
  return (content.contacts ?? []).map(({ name, vcard }) => (
    <div key={`${name} ${vcard}`} className={styles.card}>
      <span className={styles.named}>
        <ContactRound aria-hidden size={20} />
        <strong dir="auto">{name}</strong>
      </span>
      {numbersIn(vcard).map((number) => (
        <bdi key={number} dir="ltr">
          {number}
        </bdi>
      ))}
    </div>
  ));
}
