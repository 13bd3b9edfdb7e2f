import type { TestProject } from 'vitest/node';
import { begin } from './global-setup.ts';

export const setup = (project: TestProject) => begin(project, 'development');
