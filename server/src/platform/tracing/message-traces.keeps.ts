import type { Keeps } from '../keeps/keeps.ts';
import { ofOrganization } from '../keeps/section.ts';

export const messageTracesKeeps: Keeps = {
  withheld: { message_traces: 'how long things took, for whoever runs the server' },
  rows: [{ place: 33, table: 'message_traces', of: ofOrganization }],
};
