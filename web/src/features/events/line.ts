/** What of an event is said in one line: its text first, else who, what state, what name. */
const told = [
  'body',
  'text',
  'reason',
  'statusReason',
  'status',
  'action',
  'name',
  'title',
  'from',
  'to',
  'chatId',
];
const max = 120;

/** The one thing of an event that tells it from its like. */
export function lineOf(data: object): string {
  const values = data as Record<string, unknown>;
  const name = told.find((each) => typeof values[each] === 'string' && values[each] !== '');
  const text = name === undefined ? '' : String(values[name]).replaceAll(/\s+/g, ' ');
  return text.length > max ? `${text.slice(0, max)}…` : text;
}
