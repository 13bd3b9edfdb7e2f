import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useWords } from '../../words/index.ts';
import { Button } from '../button/button.tsx';
import styles from './dialog.module.css';
import type { DialogProps } from './dialog-props.ts';

/** The dialog itself; see dialog.tsx. */
export function OpenDialog({
  isOpen,
  onClose,
  title,
  description,
  children,
  kind = 'box',
  size,
}: DialogProps): ReactNode {
  const t = useWords('ui');
  return (
    <Base.Root
      open={isOpen}
      onOpenChange={(open) => !open && onClose()}
      modal={kind === 'box' || 'trap-focus'}
    >
      <Base.Portal>
        <Base.Backdrop className={kind === 'box' ? styles.backdrop : styles.clear} />
        <Base.Popup className={`${styles[kind]} ${size ? styles[size] : ''}`}>
          <div className={styles.head}>
            <Base.Title className={styles.title}>{title}</Base.Title>
            <Base.Close render={<Button kind="quiet" size="small" icon={X} label={t('close')} />} />
          </div>
          {description && <Base.Description className={styles.description}>{description}</Base.Description>}
          <div className={styles.body}>{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
