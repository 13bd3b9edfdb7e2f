export { type CatalogueEvent, catalogueQuery, fits, plain, prefixesOf } from './catalogue.ts';
export { ProfileSelect } from './profile-select.tsx';
export { profileNamesQuery, useProfileName } from './profiles.ts';
export { present, textOf, wordOf } from './search-of.ts';
