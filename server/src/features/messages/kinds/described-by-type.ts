import Type, { type TObject, type TProperties } from 'typebox';
import { Nullable, shownAs } from '../../../http/schema.ts';
import { kinds } from './kinds.ts';

/**
 * A message whose `content` is described by its `type`. Answers are written by the plain schema, which lets any content
 * pass: a union would be tried branch by branch for every message of a list.
 */
export function describedByType<Fields extends TProperties>(message: TObject<Fields>): TObject<Fields> {
  const { type: _, content: __, originalContent, ...common } = message.properties as TProperties;
  const { description } = originalContent as { description?: string };
  const shapes = kinds.map(({ type, content }) => {
    const original = { ...Nullable(content), description };
    const fields = { type: Type.Literal(type), content, originalContent: original };
    return { type, name: content.title.replace(/Content$/, 'Message'), shown: Type.Object(fields) };
  });
  const shown = {
    description:
      'What `content` holds depends on `type`. Kinds are added as WhatsApp adds them: show one you don’t know as such.',
    allOf: [
      Type.Object(common),
      {
        oneOf: shapes.map(({ name, shown }) => shownAs(name, shown, shown)),
        discriminator: {
          propertyName: 'type',
          mapping: Object.fromEntries(shapes.map(({ type, name }) => [type, `#/components/schemas/${name}`])),
        },
      },
    ],
  };
  return shownAs('Message', message, shown);
}
