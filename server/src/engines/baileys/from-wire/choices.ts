import type { proto } from 'baileys';
import { type Content, content } from './wire-message.ts';

interface Choice {
  id: string | null | undefined;
  text: string | null | undefined;
  description?: string | null | undefined;
  section?: string | null | undefined;
  url?: string | null | undefined;
}
interface Said {
  title?: string | null | undefined;
  text?: string | null | undefined;
  footer?: string | null | undefined;
}

/** Words with something to press or to choose from, of every sort that programs of businesses send. */
export function choices(message: proto.IMessage): Content | undefined {
  const { buttonsMessage, listMessage, templateMessage, interactiveMessage } = message;
  if (buttonsMessage) return buttons(buttonsMessage);
  if (listMessage) return list(listMessage);
  const form = templateMessage?.hydratedTemplate ?? templateMessage?.hydratedFourRowTemplate;
  if (form) return template(form);
  const interaction = interactiveMessage ?? templateMessage?.interactiveMessageTemplate;
  return interaction ? interactive(interaction) : undefined;
}

/** What somebody pressed or chose. */
export function choice(message: proto.IMessage): Content | undefined {
  const { buttonsResponseMessage: button, templateButtonReplyMessage: template } = message;
  const { listResponseMessage: list, interactiveResponseMessage: interactive } = message;
  if (button) return chosen(button.selectedButtonId, button.selectedDisplayText);
  if (template) return chosen(template.selectedId, template.selectedDisplayText);
  if (list) return chosen(list.singleSelectReply?.selectedRowId, list.title);
  if (!interactive) return undefined;
  const { name, paramsJson } = interactive.nativeFlowResponseMessage ?? {};
  return chosen(fieldsOf(paramsJson).id ?? name, interactive.body?.text);
}

const chosen = (id: string | null | undefined, text: string | null | undefined): Content =>
  content('choice', { id, text });

function offer({ title, text, footer }: Said, offered: Choice[]): Content {
  const shown = offered.map((one) => ({ ...content('', { ...one }), type: undefined }));
  return content('choices', { title, text, footer, choices: shown });
}

function buttons(wire: proto.Message.IButtonsMessage): Content {
  const offered = (wire.buttons ?? []).map(({ buttonId, buttonText }) => ({
    id: buttonId,
    text: buttonText?.displayText,
  }));
  return offer({ title: wire.text, text: wire.contentText, footer: wire.footerText }, offered);
}

function list(wire: proto.Message.IListMessage): Content {
  const offered = (wire.sections ?? []).flatMap(({ title: section, rows }) =>
    (rows ?? []).map(({ rowId, title, description }) => ({ id: rowId, text: title, description, section })),
  );
  return offer({ title: wire.title, text: wire.description, footer: wire.footerText }, offered);
}

function template(wire: proto.Message.TemplateMessage.IHydratedFourRowTemplate): Content {
  const offered = (wire.hydratedButtons ?? []).map(({ quickReplyButton, urlButton, callButton }) => ({
    id: quickReplyButton?.id ?? callButton?.phoneNumber,
    text: quickReplyButton?.displayText ?? urlButton?.displayText ?? callButton?.displayText,
    url: urlButton?.url,
  }));
  const { hydratedTitleText: title, hydratedContentText: text, hydratedFooterText: footer } = wire;
  return offer({ title, text, footer }, offered);
}

function interactive(wire: proto.Message.IInteractiveMessage): Content {
  const offered = (wire.nativeFlowMessage?.buttons ?? []).map(({ name, buttonParamsJson }) => {
    const { id, display_text: text, title, url } = fieldsOf(buttonParamsJson);
    return { id: id ?? name, text: text ?? title ?? name, url };
  });
  return offer({ title: wire.header?.title, text: wire.body?.text, footer: wire.footer?.text }, offered);
}

const jsonMax = 16_384;

/** The texts of a JSON object that its sender wrote; nothing of one that is none. */
function fieldsOf(json: string | null | undefined): Partial<Record<string, string>> {
  if (!json || json.length > jsonMax) return {};
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter(([, field]) => typeof field === 'string'));
  } catch {
    return {};
  }
}
