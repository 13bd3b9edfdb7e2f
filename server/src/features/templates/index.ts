export { namesIn, type Rendered, render, type Source, type Used } from './render.ts';
