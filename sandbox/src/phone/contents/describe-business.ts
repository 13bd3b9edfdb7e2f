import type { proto } from 'baileys';
import { type ChoiceContent, type Content, type Description, present } from './content.ts';

/** The lines a person reads: what is said, then what can be pressed, in brackets. */
function words(said: (string | null | undefined)[], choices: ChoiceContent[]): string {
  const pressed = choices.map(({ text }) => `[${text}]`).join(' ');
  return [...said, pressed].filter(Boolean).join('\n');
}

function offer(
  type: string,
  said: {
    title?: string | null | undefined;
    body?: string | null | undefined;
    footer?: string | null | undefined;
  },
  choices: ChoiceContent[],
): Description {
  const { title, body, footer } = said;
  const content: Content = present({ title, footer, choices });
  return { type, text: words([title, body, footer], choices), content };
}

/** Text with buttons below it. */
export function buttons(message: proto.Message.IButtonsMessage): Description {
  const choices = (message.buttons ?? []).map(({ buttonId, buttonText }) => ({
    id: buttonId ?? '',
    text: buttonText?.displayText ?? '',
  }));
  return offer(
    'buttons',
    { title: message.text, body: message.contentText, footer: message.footerText },
    choices,
  );
}

/** A list that opens to be chosen from. */
export function list(message: proto.Message.IListMessage): Description {
  const choices = (message.sections ?? []).flatMap((section) =>
    (section.rows ?? []).map(({ rowId, title, description }) => ({
      id: rowId ?? '',
      text: title ?? '',
      ...present({ description, section: section.title }),
    })),
  );
  return offer(
    'list',
    { title: message.title, body: message.description, footer: message.footerText },
    choices,
  );
}

/** What a business composed from a form. */
export function template(message: proto.Message.ITemplateMessage): Description {
  const form = message.hydratedTemplate ?? message.hydratedFourRowTemplate;
  if (!form && message.interactiveMessageTemplate) return interactive(message.interactiveMessageTemplate);
  const choices = (form?.hydratedButtons ?? []).map(({ quickReplyButton, urlButton, callButton }) => ({
    id: quickReplyButton?.id ?? callButton?.phoneNumber ?? urlButton?.url ?? '',
    text: quickReplyButton?.displayText ?? urlButton?.displayText ?? callButton?.displayText ?? '',
    ...present({ url: urlButton?.url }),
  }));
  const said = {
    title: form?.hydratedTitleText,
    body: form?.hydratedContentText,
    footer: form?.hydratedFooterText,
  };
  return offer('template', said, choices);
}

/** Buttons whose parameters are JSON. */
export function interactive(message: proto.Message.IInteractiveMessage): Description {
  const choices = (message.nativeFlowMessage?.buttons ?? []).map(({ name, buttonParamsJson }) => {
    const { id, display_text, title, url } = fieldsOf(buttonParamsJson);
    return { id: id ?? name ?? '', text: display_text ?? title ?? name ?? '', ...present({ url }) };
  });
  const said = { title: message.header?.title, body: message.body?.text, footer: message.footer?.text };
  return offer('interactive', said, choices);
}

function fieldsOf(json: string | null | undefined): Record<string, string | undefined> {
  try {
    const value: unknown = JSON.parse(json ?? '{}');
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter(([, each]) => typeof each === 'string'));
  } catch {
    return {};
  }
}

/** What a person pressed. */
export function chosen(
  type: string,
  id: string | null | undefined,
  text: string | null | undefined,
): Description {
  return { type, text: text || id || '', content: { chosen: { id: id ?? '', text: text ?? '' } } };
}

/** Goods of a shop. */
export function product({ product: goods, body, footer }: proto.Message.IProductMessage): Description {
  return offer('product', { title: goods?.title, body: body || goods?.description, footer }, []);
}

/** What somebody wants to buy. */
export function order({ orderTitle, message }: proto.Message.IOrderMessage): Description {
  return offer('order', { title: orderTitle, body: message }, []);
}
