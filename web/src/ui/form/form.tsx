import type { ReactNode } from 'react';
import type { FieldValues } from 'react-hook-form';
import { Button, type ButtonProps } from '../button/button.tsx';
import { ProblemLine } from '../problem/problem.tsx';
import styles from './form.module.css';
import type { ServerForm } from './use-form.ts';

/** Fields, what is wrong with all of them, and the button: Enter sends. */
export function Form<Values extends FieldValues>({
  of,
  button,
  more,
  kind = 'main',
  children,
}: {
  of: ServerForm<Values>;
  /** What the button says. */
  button: string;
  kind?: ButtonProps['kind'];
  /** Beside the button: another way out. */
  more?: ReactNode;
  children: ReactNode;
}): ReactNode {
  return (
    <form
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        void of.send();
      }}
    >
      {children}
      {of.problem !== undefined && <ProblemLine error={of.problem} />}
      <div className={styles.buttons}>
        <Button type="submit" kind={kind} isBusy={of.form.formState.isSubmitting}>
          {button}
        </Button>
        {more}
      </div>
    </form>
  );
}
