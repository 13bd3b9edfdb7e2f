declare const messageIdBrand: unique symbol;

/** A message's id on WhatsApp; opaque outside the engine that made it. */
export type EngineMessageId = string & { readonly [messageIdBrand]: true };
