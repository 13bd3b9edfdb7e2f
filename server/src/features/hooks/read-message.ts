import type { Problem } from '../../platform/failures.ts';
import type { Messages } from '../messages/index.ts';
import { applyMapping, type Mapping, type Received } from './mapping.ts';

export type ReadMessage =
  | { is: 'caught' }
  | { is: 'skipped' }
  | { is: 'wrong'; problems: Problem[]; missing: string[] }
  | { is: 'message'; to: string; type: string; fields: Record<string, unknown>; missing: string[] };

/** What a payload becomes by a mapping, checked as the routes that send check their bodies. */
export function readMessage(
  readSend: Messages['readSend'],
  mapping: Mapping | null,
  received: Received,
): ReadMessage {
  if (!mapping) return { is: 'caught' };
  const mapped = applyMapping(mapping, received);
  if (mapped.is !== 'message') return mapped;
  const { to, type, content, missing } = mapped;
  const read = readSend(type, content);
  if ('problems' in read) return { is: 'wrong', problems: read.problems, missing };
  return { is: 'message', to, type, fields: read.fields, missing };
}

/** Of what starts an automation the content are variables, whatever they are. */
export function readerOf(hook: { target: string }, readSend: Messages['readSend']): Messages['readSend'] {
  if (hook.target !== 'automation') return readSend;
  return (_, content) => ({ fields: content as Record<string, unknown> });
}
