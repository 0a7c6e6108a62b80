/** Entry of the load generator's process for ONSET. */
import { serveDriver } from '../http-load/driver-child.ts';
import { onsetCodec } from './codec.ts';

void serveDriver(() => onsetCodec);
