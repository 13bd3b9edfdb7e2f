import { setFlagsFromString } from 'node:v8';

// Live data is a fraction of a megabyte a profile, and V8 would let garbage grow to several times of it before it looks.
// How small new objects' space is, and malloc's arenas, only the start of the process can say: package.json, Dockerfile.
setFlagsFromString('--heap-growing-percent=40');
