export { type Connection, connect, type TokenSource } from './client.ts';
export { MultiWaError, type Problem } from './errors.ts';
export { type EventName, type GatewayEvent, type Listening, type ListenOptions, listen } from './events.ts';
export type { Client } from './generated/client/index.ts';
export * from './generated/sdk.gen.ts';
export type * from './generated/types.gen.ts';
export { type KeptTokens, keepTokens, type SignedIn } from './tokens.ts';
export { verifyWebhook, WebhookNotVerified } from './verify.ts';
