import type { Message } from '@multiwa/sdk';

/** A message that has a file. */
export type WithFile = Message & { type: 'image' | 'video' | 'audio' | 'voice' | 'document' | 'sticker' };
