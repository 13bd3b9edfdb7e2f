import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useWords } from '../../words/index.ts';
import { Button } from '../button/button.tsx';
import styles from './toast.module.css';
import { manager } from './toast.ts';

/** Where they appear; once, in the shell. */
export function Toasts(): ReactNode {
  const t = useWords('ui');
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport} aria-label={t('notices')}>
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List(): ReactNode {
  const t = useWords('ui');
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={`${styles.toast} ${styles[toast.type ?? 'plain']}`}>
      <Toast.Title className={styles.title} />
      <Toast.Action className={styles.action} />
      <Toast.Close render={<Button kind="quiet" size="small" icon={X} label={t('close')} />} />
    </Toast.Root>
  ));
}
