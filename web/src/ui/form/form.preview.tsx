import { type ReactNode, useState } from 'react';
import { Checkbox } from '../checkbox/checkbox.tsx';
import { Field } from '../field/field.tsx';
import { Input } from '../field/input.tsx';
import { Switch } from '../switch/switch.tsx';
import { Form } from './form.tsx';
import { SelectField } from './select-field.tsx';
import { TextAreaField, TextField } from './text-field.tsx';
import { useServerForm } from './use-form.ts';

function Filled(): ReactNode {
  const form = useServerForm({
    defaults: { name: 'Front desk', url: '', note: '', engine: 'sandbox' },
    send: async () => undefined,
  });
  return (
    <Form of={form} button="Save">
      <TextField of={form} name="name" label="Name" hint="As colleagues see it." />
      <TextField of={form} name="url" type="url" label="Address" isOptional isMono />
      <TextAreaField of={form} name="note" label="Note" isOptional />
      <SelectField
        of={form}
        name="engine"
        label="Engine"
        choices={[
          { value: 'sandbox', label: 'Sandbox' },
          { value: 'baileys', label: 'WhatsApp' },
        ]}
      />
    </Form>
  );
}

function Choices(): ReactNode {
  const [isOn, setOn] = useState(true);
  return (
    <>
      <Switch label="Send at night" hint="Between 22:00 and 6:00." isOn={isOn} onChange={setOn} />
      <Checkbox isChecked={isOn} onChange={setOn}>
        Tell me by email
      </Checkbox>
      <Checkbox isChecked={false} isMixed label="Some of them" onChange={setOn} />
      <Field label="With a mistake" error="This is needed.">
        {(ties) => <Input {...ties} />}
      </Field>
    </>
  );
}

export const previews = { 'A form': Filled, Choices };
