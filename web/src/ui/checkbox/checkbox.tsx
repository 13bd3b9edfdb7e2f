import { Checkbox as Base } from '@base-ui/react/checkbox';
import { Check, Minus } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import styles from './checkbox.module.css';

/** Chosen or not; with `isMixed` some of what it stands for. Without `children` `label` says what it is. */
export function Checkbox({
  isChecked,
  isMixed = false,
  isDisabled,
  label,
  children,
  onChange,
}: {
  isChecked: boolean;
  isMixed?: boolean;
  isDisabled?: boolean;
  label?: string;
  children?: ReactNode;
  onChange: (isChecked: boolean) => void;
}): ReactNode {
  const id = useId();
  const box = (
    <Base.Root
      id={id}
      className={styles.box}
      checked={isChecked}
      indeterminate={isMixed}
      disabled={isDisabled}
      aria-label={label}
      onCheckedChange={(next) => onChange(next)}
    >
      <Base.Indicator className={styles.mark} keepMounted={false}>
        {isMixed ? <Minus aria-hidden size={14} /> : <Check aria-hidden size={14} />}
      </Base.Indicator>
    </Base.Root>
  );
  if (children === undefined) return box;
  return (
    <div className={styles.row}>
      {box}
      <label htmlFor={id}>{children}</label>
    </div>
  );
}
