/** Forms stand apart from the other parts, for pages without one do not load their library. */
export { Form } from './form.tsx';
export { SelectField } from './select-field.tsx';
export { TextAreaField, TextField } from './text-field.tsx';
export { type ServerForm, useServerForm } from './use-form.ts';
