import { Switch as Base } from '@base-ui/react/switch';
import { type ReactNode, useId } from 'react';
import styles from './switch.module.css';

/** On or off, at once. */
export function Switch({
  label,
  hint,
  isOn,
  isDisabled,
  onChange,
}: {
  label: ReactNode;
  hint?: ReactNode;
  isOn: boolean;
  isDisabled?: boolean;
  onChange: (isOn: boolean) => unknown;
}): ReactNode {
  const id = useId();
  return (
    <div className={styles.row}>
      <Base.Root
        id={id}
        className={styles.root}
        checked={isOn}
        disabled={isDisabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onCheckedChange={(next) => void onChange(next)}
      >
        <Base.Thumb className={styles.thumb} />
      </Base.Root>
      <div>
        <label htmlFor={id}>{label}</label>
        {hint && (
          <p id={`${id}-hint`} className={styles.hint}>
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
