import type { ComponentProps, ReactNode } from 'react';
import styles from './field.module.css';

/** A line to fill in, without a label of its own: searches and filters name it by `aria-label`. */
export function Input({ isMono, ...given }: ComponentProps<'input'> & { isMono?: boolean }): ReactNode {
  return <input {...given} className={`${styles.input} ${isMono ? styles.mono : ''}`} />;
}

/** Several lines to fill in. */
export function TextArea({ isMono, ...given }: ComponentProps<'textarea'> & { isMono?: boolean }): ReactNode {
  return <textarea {...given} className={`${styles.input} ${isMono ? styles.mono : ''}`} />;
}
