export { type Catalogue, type Catalogues, defineWords, type Translated } from './catalogue.ts';
export * from './formats.ts';
export { directionOf, isLanguage, type Language, languages, pseudo } from './languages.ts';
export { sentenceOf } from './sentence.ts';
export { changeLanguage, language, loadWords, locale, startWords } from './setup.ts';
export { useLanguage, useWords } from './use-words.ts';
