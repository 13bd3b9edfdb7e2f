export const sideTabs = ['faults', 'ledger', 'findings'] as const;
/** Each phone in sight keeps a connection open, and browsers open few to one server. */
export const phonesMax = 4;

export interface SandboxSearch {
  phones?: string[] | undefined;
  side?: (typeof sideTabs)[number] | undefined;
  /** Of the ledger: one phone, or one message. */
  of?: string | undefined;
  message?: string | undefined;
}

/** What an address of the sandbox says; none is believed to be well made. */
export function sandboxSearchIn({ phones, side, of, message }: Record<string, unknown>): SandboxSearch {
  const number = (value: unknown) => (/^\d{5,20}$/.test(String(value)) ? String(value) : undefined);
  const listed = Array.isArray(phones) ? phones : undefined;
  const found: SandboxSearch = {
    phones: listed?.flatMap((each) => number(each) ?? []).slice(0, phonesMax),
    side: sideTabs.find((each) => each === side),
    of: number(of),
    message: typeof message === 'string' ? message.slice(0, 200) : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
