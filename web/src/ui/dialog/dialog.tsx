import { lazy, type ReactNode } from 'react';
import { OnceOpen } from '../once-open/once-open.tsx';
import styles from './dialog.module.css';
import type { DialogProps } from './dialog-props.ts';

const OpenDialog = lazy(() => import('./open-dialog.tsx').then((file) => ({ default: file.OpenDialog })));

/** Above the page until it is closed by Escape, a click beside it or its button. Focus comes back to where it was. */
export function Dialog(props: DialogProps): ReactNode {
  return (
    <OnceOpen isOpen={props.isOpen}>
      <OpenDialog {...props} />
    </OnceOpen>
  );
}

/** Buttons at the foot of a dialog; the first is what it is for. */
export function DialogButtons({ children }: { children: ReactNode }): ReactNode {
  return <div className={styles.buttons}>{children}</div>;
}
