/** What subscribers choose events by. A fact is absent where the event says nothing of it. */
export interface EventFacts {
  /** The chat it is about, in our public form. */
  readonly chat?: string | undefined;
  readonly direction?: string | undefined;
  /** The kind of message. */
  readonly kind?: string | undefined;
  /** Why a message of ours exists: `api`, `phone`, `broadcast` … */
  readonly origin?: string | undefined;
  readonly messageId?: string | undefined;
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** The facts of a body that names them itself, as most do. */
export function factsInBody(body: object): EventFacts {
  const { chatId, type, messageId } = body as Record<string, unknown>;
  return { chat: text(chatId), kind: text(type), messageId: text(messageId) };
}

/** The facts of a body that holds the rows of a message and of its conversation. */
export function factsOfRows(body: object): EventFacts {
  const { message = {}, conversation = {} } = body as Record<
    'message' | 'conversation',
    Record<string, unknown>
  >;
  return {
    chat: text(conversation.jid),
    direction: text(message.direction),
    kind: text(message.type),
    origin: text((message.origin as { kind?: unknown } | null | undefined)?.kind),
    messageId: text(message.id),
  };
}
