import Type, { type Static, type TSchema, type TUnsafe } from 'typebox';

/** Pieces of wire shapes that every feature shares. */
export const Timestamp = Type.String({ format: 'date-time', examples: ['2026-02-05T10:00:00.000Z'] });

export const Uuid = Type.String({ format: 'uuid', examples: ['0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11'] });

export const Success = Type.Object(
  { success: Type.Boolean({ examples: [true] }) },
  { title: 'Success', examples: [{ success: true }] },
);

export const JsonObject = Type.Record(Type.String(), Type.Unknown(), { examples: [{}] });

/**
 * The schema or null, written as a list of types where it can be: a union would make the serialiser validate
 * each value to find its branch.
 */
export function Nullable<Schema extends TSchema>(schema: Schema): TUnsafe<Static<Schema> | null> {
  const { type, enum: words } = schema as { type?: unknown; enum?: unknown[] };
  if (words) return Type.Unsafe<Static<Schema> | null>({ ...schema, enum: [...words, null] });
  if (typeof type === 'string') {
    return Type.Unsafe<Static<Schema> | null>({ ...schema, type: [type, 'null'] });
  }
  return Type.Unsafe<Static<Schema> | null>({ anyOf: [schema, { type: 'null' }] });
}

/** Where a schema carries how it is shown in the API description, instead of how answers are written by it. */
export const shownKey = 'x-shown-as';

/**
 * The same schema for answers, shown in the API description as the component `name`. With `shown` this is where the
 * component is described, without it another schema of that name does.
 */
export function shownAs<Schema extends TSchema>(name: string, schema: Schema, shown?: object): Schema {
  return { ...schema, [shownKey]: { name, ...(shown && { shown }) } };
}

/** A field of a create body, where `null` and an empty text mean the same as leaving it out; see `given`. */
export function Absentable<Schema extends TSchema>(schema: Schema) {
  return Type.Optional(Nullable(schema));
}

/** What a create body really gave: `null` and an empty text are absent. */
export function given<Value>(value: Value | null | undefined): Exclude<Value, ''> | undefined {
  return value === null || value === undefined || value === '' ? undefined : (value as Exclude<Value, ''>);
}
