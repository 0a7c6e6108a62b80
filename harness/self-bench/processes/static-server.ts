/**
 * A server that answers everything alike, in a process of its own. With `--service-us N` each answer takes N µs of CPU
 * first, as a real service would: then the server limits the rate, whoever asks. Without, the load generator does.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const body = '{"replica":0,"position":1,"value":1}';
const flagAt = process.argv.indexOf('--service-us');
const serviceMs = flagAt === -1 ? 0 : Number(process.argv[flagAt + 1]) / 1000;
const server = createServer((_request, response) => {
  const endMs = performance.now() + serviceMs;
  while (performance.now() < endMs);
  response.writeHead(200, { 'Content-Length': body.length });
  response.end(body);
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));
