/** Where a sign-in leads: a path of this page, never another site. */
export function toParameter(search: Record<string, unknown>): { to?: string } {
  const { to } = search;
  return typeof to === 'string' && /^\/(?![/\\])/.test(to) && to !== '/' ? { to } : {};
}
