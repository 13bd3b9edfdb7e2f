import type { ReactNode } from 'react';
import { Controller, type FieldValues, type Path } from 'react-hook-form';
import { Field, type FieldLook } from '../field/field.tsx';
import { Select } from '../select/select.tsx';
import type { Choice } from '../select/select-props.ts';
import type { ServerForm } from './use-form.ts';

/** One of several, in a form. */
export function SelectField<Values extends FieldValues>({
  of: { form },
  name,
  choices,
  ...look
}: Omit<FieldLook, 'error'> & {
  of: ServerForm<Values>;
  name: Path<Values>;
  choices: readonly Choice<string>[];
}): ReactNode {
  return (
    <Controller
      control={form.control}
      name={name}
      render={({ field, fieldState }) => (
        <Field {...look} error={fieldState.error?.message}>
          {({ id }) => <Select id={id} value={field.value} choices={choices} onChange={field.onChange} />}
        </Field>
      )}
    />
  );
}
