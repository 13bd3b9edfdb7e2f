import { watchTransactions } from '../src/platform/db/transaction.ts';

watchTransactions();
