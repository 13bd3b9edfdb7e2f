import type { ComponentProps, ReactNode } from 'react';
import type { FieldValues, Path } from 'react-hook-form';
import { useWords } from '../../words/index.ts';
import { Field, type FieldLook } from '../field/field.tsx';
import { Input, TextArea } from '../field/input.tsx';
import type { ServerForm } from './use-form.ts';

type Common<Values extends FieldValues> = Omit<FieldLook, 'error' | 'optional'> & {
  of: ServerForm<Values>;
  name: Path<Values>;
  isOptional?: boolean;
  isMono?: boolean;
};

/** What the browser finds wrong with a field, in the language of the page. */
function useRule(): (name: string) => true | string {
  const t = useWords('ui');
  return (name) => {
    const found = document.querySelector<HTMLInputElement>(`[name="${CSS.escape(name)}"]`);
    if (!found || found.validity.valid) return true;
    const { valueMissing, typeMismatch, tooShort } = found.validity;
    if (valueMissing) return t('field.missing');
    if (typeMismatch && found.type === 'email') return t('field.email');
    if (typeMismatch && found.type === 'url') return t('field.url');
    if (tooShort) return t('field.short', { count: found.minLength });
    return found.validationMessage;
  };
}

/** A line of a form: `<TextField of={form} name="email" type="email" label={t('email')} />`. Needed unless optional. */
export function TextField<Values extends FieldValues>({
  of: { form },
  name,
  label,
  hint,
  isOptional = false,
  ...input
}: Common<Values> & Omit<ComponentProps<typeof Input>, 'name' | 'form' | 'required'>): ReactNode {
  const t = useWords('ui');
  const rule = useRule();
  const error = form.getFieldState(name, form.formState).error?.message;
  return (
    <Field label={label} hint={hint} error={error} optional={isOptional ? t('field.optional') : undefined}>
      {(ties) => (
        <Input
          {...input}
          {...ties}
          required={!isOptional}
          {...form.register(name, {
            validate: () => rule(name),
            ...(input.type === 'number' && { valueAsNumber: true as never }),
          })}
        />
      )}
    </Field>
  );
}

/** Several lines of a form. */
export function TextAreaField<Values extends FieldValues>({
  of: { form },
  name,
  label,
  hint,
  isOptional = false,
  ...input
}: Common<Values> & Omit<ComponentProps<typeof TextArea>, 'name' | 'form' | 'required'>): ReactNode {
  const t = useWords('ui');
  const rule = useRule();
  const error = form.getFieldState(name, form.formState).error?.message;
  return (
    <Field label={label} hint={hint} error={error} optional={isOptional ? t('field.optional') : undefined}>
      {(ties) => (
        <TextArea
          {...input}
          {...ties}
          required={!isOptional}
          {...form.register(name, { validate: () => rule(name) })}
        />
      )}
    </Field>
  );
}
