import type { ReactNode } from 'react';

export interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  /** `drawer`: from the side, the page beside it stays in sight. */
  kind?: 'box' | 'drawer';
  size?: 'wide';
}
