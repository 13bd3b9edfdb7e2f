/** `?new=true`: the form is open. */
export const keysSearch = (search: Record<string, unknown>): { new?: true } =>
  search.new === true || search.new === 'true' ? { new: true } : {};
