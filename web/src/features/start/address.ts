/** How far the first steps are stands in the address, so that a reload goes on from there. */
export interface StartSearch {
  /** The profile that is being linked. */
  id?: string | undefined;
  /** The phone of the sandbox that the profile is linked to, and the one of who writes to it. */
  phone?: string | undefined;
  customer?: string | undefined;
}

export function startSearchIn({ id, phone, customer }: Record<string, unknown>): StartSearch {
  const number = (value: unknown) => (/^\d{5,20}$/.test(String(value)) ? String(value) : undefined);
  const found: StartSearch = {
    id: typeof id === 'string' && /^[0-9a-f-]{36}$/i.test(id) ? id : undefined,
    phone: number(phone),
    customer: number(customer),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
