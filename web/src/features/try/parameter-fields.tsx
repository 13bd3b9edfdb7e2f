import type { ReactNode } from 'react';
import { Field, Input, Select } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import type { Operation, Parameter } from './operations.ts';
import { nameOf } from './request.ts';
import styles from './try.module.css';
import { tryWords } from './words/index.ts';

type Values = Readonly<Record<string, string>>;

/** What stands in the path, the query and the headers; what may be left out is folded away. */
export function ParameterFields({
  operation,
  values,
  wrong,
  onChange,
}: {
  operation: Operation;
  values: Values;
  wrong: readonly string[];
  onChange: (values: Values) => void;
}): ReactNode {
  const t = useWords(tryWords);
  const field = (of: Parameter) => (
    <One
      key={nameOf(of)}
      of={of}
      value={values[nameOf(of)] ?? ''}
      error={wrong.includes(nameOf(of)) ? t('missing') : undefined}
      onChange={(value) => onChange({ ...values, [nameOf(of)]: value })}
    />
  );
  const needed = operation.parameters.filter(({ isRequired }) => isRequired);
  const others = operation.parameters.filter(({ isRequired }) => !isRequired);
  return (
    <>
      {needed.length > 0 && <div className={styles.parameters}>{needed.map(field)}</div>}
      {others.length > 0 && (
        <details className={styles.more} open={needed.length === 0 && operation.method === 'GET'}>
          <summary>{t('optional', { count: others.length })}</summary>
          <div className={styles.parameters}>{others.map(field)}</div>
        </details>
      )}
    </>
  );
}

function One({
  of,
  value,
  error,
  onChange,
}: {
  of: Parameter;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}): ReactNode {
  const t = useWords(tryWords);
  const label = (
    <>
      <code dir="ltr">{of.name}</code> <span className={styles.soft}>{t(`places.${of.in}`)}</span>
    </>
  );
  const says = of.says && (
    <span lang="en" dir="ltr">
      {of.says}
    </span>
  );
  return (
    <Field label={label} hint={says} error={error}>
      {(ties) =>
        of.choices.length > 0 ? (
          <Select
            id={ties.id}
            value={value}
            choices={[
              ...(of.isRequired ? [] : [{ value: '', label: t('absent') }]),
              ...of.choices.map((choice) => ({ value: choice, label: choice })),
            ]}
            onChange={onChange}
          />
        ) : (
          <Input
            {...ties}
            isMono
            autoComplete="off"
            spellCheck={false}
            placeholder={of.example}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  );
}
