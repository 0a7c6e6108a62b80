import { describeEnvironmentContract } from '../environment.contract.ts';
import { createProcessEnvironment } from './process-environment.ts';
import { processRemnants } from './remnants.ts';

describeEnvironmentContract('process', createProcessEnvironment, {
  factory: {
    module: new URL('./process-environment.ts', import.meta.url),
    exportName: 'createProcessEnvironment',
  },
  // No file system takes a name of 300 letters.
  failing: { node: { name: 'x'.repeat(300), storage: 'disk' }, words: /ENAMETOOLONG/ },
  remnants: processRemnants,
});
