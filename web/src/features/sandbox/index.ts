export { network } from './network.ts';
export { newNumber } from './new-number.ts';
export { SandboxPhone } from './phone.tsx';
export { sandboxWords } from './words/index.ts';
