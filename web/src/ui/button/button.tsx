import { Button as Base } from '@base-ui/react/button';
import type { LucideIcon } from 'lucide-react';
import type { MouseEvent, ReactNode, Ref } from 'react';
import styles from './button.module.css';

export interface ButtonProps {
  children?: ReactNode;
  /** `quiet` has no ground of its own; `danger` can't be undone. */
  kind?: 'main' | 'plain' | 'quiet' | 'danger' | undefined;
  size?: 'small' | undefined;
  icon?: LucideIcon | undefined;
  /** The icon points along the line, and turns where lines begin at the right. */
  isMirrored?: boolean | undefined;
  /** What it does, where only the icon is seen. */
  label?: string | undefined;
  type?: 'button' | 'submit' | undefined;
  isBusy?: boolean | undefined;
  isDisabled?: boolean | undefined;
  isPressed?: boolean | undefined;
  /** Parts that make it their trigger look at the event. */
  onClick?: ((event: MouseEvent<HTMLButtonElement>) => unknown) | undefined;
  ref?: Ref<HTMLButtonElement> | undefined;
  /** Given by parts of the library that make it their trigger. */
  className?: string | undefined;
}

/** Does something here and now; what leads elsewhere is a link (`ButtonLink`). */
export function Button({
  children,
  kind = 'plain',
  size,
  icon: Icon,
  isMirrored,
  label,
  type = 'button',
  isBusy = false,
  isDisabled = false,
  isPressed,
  className,
  onClick,
  ...given
}: ButtonProps): ReactNode {
  const isOnlyIcon = children === undefined;
  const classes = [styles.button, styles[kind], size && styles[size], isOnlyIcon && styles.square, className];
  return (
    <Base
      {...given}
      type={type}
      className={classes.filter(Boolean).join(' ')}
      disabled={isDisabled || isBusy}
      focusableWhenDisabled={isBusy}
      aria-busy={isBusy || undefined}
      aria-pressed={isPressed}
      aria-label={label}
      title={isOnlyIcon ? label : undefined}
      onClick={onClick && ((event) => void onClick(event))}
    >
      {Icon && <Icon aria-hidden size={16} data-mirrored={isMirrored} />}
      {children}
    </Base>
  );
}
