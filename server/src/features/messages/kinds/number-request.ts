import { contentSchema } from './content.ts';
import type { MessageKind } from './kind.ts';

export const numberRequest: MessageKind = {
  type: 'number-request',
  called: 'a request for the phone number',
  content: contentSchema('NumberRequestContent', 'Somebody asks for the phone number of the profile.', {}),
  preview: () => '',
};
