import { describeEnvironmentContract } from '../environment.contract.ts';
import { processRemnants } from '../process/remnants.ts';
import { createFakeEnvironment } from './fake-environment.ts';

describeEnvironmentContract('fake', createFakeEnvironment, {
  factory: { module: new URL('./fake-environment.ts', import.meta.url), exportName: 'createFakeEnvironment' },
  failing: { node: { name: 'x'.repeat(300), storage: 'disk' }, words: /ENAMETOOLONG/ },
  remnants: processRemnants,
});
