export interface Choice<Value extends string> {
  value: Value;
  label: string;
}

export interface SelectProps<Value extends string> {
  value: Value;
  choices: readonly Choice<Value>[];
  onChange: (value: Value) => void;
  /** Where no `Field` names it. */
  label?: string;
  id?: string;
  isDisabled?: boolean;
}
