/** The load generator with everything it does in a trial: request ids, decoding, recording. */
import { onsetCodec } from '../../../workloads/onset/codec.ts';
import { serveDriver } from '../../../workloads/http-load/driver-child.ts';

void serveDriver(() => onsetCodec);
