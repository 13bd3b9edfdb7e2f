export { LiveQr } from './live-qr.tsx';
export { profileQuery, qrQuery } from './queries.ts';
export { hues, statuses } from './states.ts';
export { profilesWords } from './words/index.ts';
