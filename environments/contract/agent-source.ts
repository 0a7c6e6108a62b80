/** The program the contract puts on nodes. It needs only `node` in the node's PATH. */
export const agentSource = `'use strict';
const net = require('node:net');
const { spawn } = require('node:child_process');
const [mode, ...args] = process.argv.slice(2);

const serve = (port, word) => net.createServer((socket) => {
  socket.on('error', () => undefined);
  socket.end(word);
}).listen(Number(port), '0.0.0.0', () => console.log('serving ' + word));

const modes = {
  serve: (port, word) => serve(port, word),
  // A family of three: this process, a child, and a grandchild in a session of its own.
  family: (...ports) => {
    serve(ports[0], 'generation');
    if (ports.length > 1) {
      spawn(process.execPath, [__filename, 'family', ...ports.slice(1)], { detached: true, stdio: 'ignore' });
    }
  },
  ask: (host, port) => {
    const socket = net.connect({ host, port: Number(port) });
    socket.on('error', (error) => { console.error(error.code); process.exit(9); });
    socket.pipe(process.stdout);
  },
  flood: (bytes) => {
    const line = '0123456789abcdef'.repeat(64);
    for (let written = 0; written < Number(bytes); written += line.length) {
      process.stdout.write(line);
      process.stderr.write(line);
    }
  },
  burn: (ms) => {
    const end = Date.now() + Number(ms);
    while (Date.now() < end);
  },
  count: () => { let n = 0; setInterval(() => console.log('count ' + (n += 1)), 20); },
  stubborn: () => {
    process.on('SIGTERM', () => { console.log('not yet'); });
    console.log('ready');
    setInterval(() => undefined, 1000);
  },
};
modes[mode](...args);
`;
