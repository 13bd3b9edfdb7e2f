import type { LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';

export interface MenuItem {
  label: string;
  icon?: LucideIcon | undefined;
  /** As commands declare it: shown, not listened to. */
  keys?: string | undefined;
  isDanger?: boolean;
  isDisabled?: boolean;
  run: () => unknown;
}

export interface MenuProps {
  trigger: ReactElement;
  /** `null` draws a line between groups. */
  items: readonly (MenuItem | null)[];
  align?: 'start' | 'end';
}
