import type { proto } from 'baileys';
import { amount, type ChoiceContent, type Content, type Description, present, type Who } from './content.ts';
import { image } from './describe-media.ts';

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

/** Goods of a shop, with their picture. */
export function product(message: proto.Message.IProductMessage, who: Who): Description {
  const { product: goods, businessOwnerJid, body, footer } = message;
  const said = { title: goods?.title, body: body || goods?.description, footer };
  const shown = offer('product', said, []);
  const details = present({
    ...{ id: goods?.productId, retailerId: goods?.retailerId, url: goods?.url },
    ...{ price: money(goods?.priceAmount1000), salePrice: money(goods?.salePriceAmount1000) },
    ...{ currency: goods?.currencyCode, owner: person(businessOwnerJid, who) },
  });
  const picture = goods?.productImage ? image(goods.productImage).content : {};
  return { ...shown, content: { ...picture, ...shown.content, product: details } };
}

/** What somebody wants to buy. */
export function order(message: proto.Message.IOrderMessage, who: Who): Description {
  const { orderTitle, orderId, itemCount, totalAmount1000, totalCurrencyCode, sellerJid } = message;
  const shown = offer('order', { title: orderTitle, body: message.message }, []);
  const details = present({
    ...{ id: orderId, items: itemCount, total: money(totalAmount1000), currency: totalCurrencyCode },
    seller: person(sellerJid, who),
  });
  return { ...shown, content: { ...shown.content, order: details } };
}

/** An amount as people write it: the protocol counts thousandths. */
function money(thousandths: Parameters<typeof amount>[0]): number | undefined {
  const value = amount(thousandths);
  return value === undefined ? undefined : value / 1000;
}

const person = (jid: string | null | undefined, who: Who): string | undefined => (jid ? who(jid) : undefined);
