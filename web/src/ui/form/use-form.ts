import { MultiWaError } from '@multiwa/sdk';
import { useState } from 'react';
import {
  type DefaultValues,
  type FieldValues,
  type Path,
  type UseFormReturn,
  useForm,
} from 'react-hook-form';

export interface ServerForm<Values extends FieldValues> {
  form: UseFormReturn<Values>;
  /** For `<Form of={…}>`: checks, sends, and puts what the server says beside the fields it is about. */
  send: () => Promise<void>;
  /** What is wrong with the whole of it, or with a place that is not in the form. */
  problem: unknown;
}

/**
 * A form whose rules are the server's: `const form = useServerForm({ defaults, send })`. Each problem it reports stands
 * beside its field; the others stand above the button.
 */
export function useServerForm<Values extends FieldValues>({
  defaults,
  send,
}: {
  defaults: DefaultValues<Values>;
  send: (values: Values) => Promise<unknown>;
}): ServerForm<Values> {
  const form = useForm<Values>({ defaultValues: defaults, shouldFocusError: true });
  const [problem, setProblem] = useState<unknown>();
  const submit = form.handleSubmit(async (values) => {
    setProblem(undefined);
    try {
      await send(values);
    } catch (error) {
      const known = (path: string): path is Path<Values> =>
        path in form.control._fields || hasField(form, path);
      const details = error instanceof MultiWaError ? error.details : [];
      const placed = details.filter(({ path, problem }) => {
        const name = nameOf(path);
        if (!known(name)) return false;
        form.setError(name, { type: 'server', message: problem });
        return true;
      });
      const [first] = placed;
      if (first) form.setFocus(nameOf(first.path) as Path<Values>);
      if (placed.length === 0 || placed.length < details.length) setProblem(error);
    }
  });
  return { form, send: () => submit(), problem };
}

/** `/settings/delays/0` of the server is `settings.delays.0` of the form. */
function nameOf(path: string): string {
  return path.replace(/^[/.]/, '').replaceAll('/', '.');
}

function hasField<Values extends FieldValues>({ control }: UseFormReturn<Values>, path: string): boolean {
  let place: unknown = control._fields;
  for (const part of path.split('.')) place = (place as Record<string, unknown> | undefined)?.[part];
  return place !== undefined;
}
