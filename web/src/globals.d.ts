/** Of the release, written in while it is built. */
declare const __VERSION__: string;
