/** A server that answers everything alike, in a process of its own: what is left is the load generator. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const body = '{"replica":0,"position":1,"value":1}';
const server = createServer((_request, response) => {
  response.writeHead(200, { 'Content-Length': body.length });
  response.end(body);
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));
