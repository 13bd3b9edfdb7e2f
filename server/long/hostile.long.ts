/** Every strange value at every place; `npm test` tries some at each. */
import '../test/hostile.test.ts';
