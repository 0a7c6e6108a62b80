/** A database server of a trial on its node: started, awaited, killed and started again. */
import type { Node, NodeProcess } from '../../../environments/environment.ts';
import type { Cell } from '../../../harness/foundation/cell.ts';
import { waitFor } from '../../../harness/foundation/deadline.ts';
import { StrataError } from '../../../harness/foundation/errors.ts';
import type { Connection } from 'mysql2/promise';
import { unlessEnded } from '../../node-process.ts';
import type { Credentials, DatabaseEndpoint } from '../agent/messages.ts';
import { largestBatchBytes, largestPacketBytes } from '../agent/packets.ts';
import { number, openSession } from '../agent/session.ts';
import { factorsOf, isReplicated } from '../check.ts';
import { databaseName, initSql, userName } from '../schema.ts';
import { findEngine, type Engine } from './engine.ts';
import { serverConfig } from './server-config.ts';
import type { Skeletons } from './skeleton.ts';

export interface Database extends DatabaseEndpoint {
  readonly node: Node;
  readonly engine: Engine;
  readonly socket: string;
  readonly credentials: Credentials;
  /** A session of the trial's user; E545 with the server's words when it is refused. */
  readonly connect: (signal: AbortSignal) => Promise<Connection>;
  /** How often the server was started: its counters begin at 0 each time. */
  readonly starts: () => number;
  /** Ends the server as a crash would; its files stay. */
  readonly kill: () => Promise<void>;
  /** Starts the server anew on its files and resolves when it answers. */
  readonly restart: (signal: AbortSignal) => Promise<void>;
}

export interface DatabaseRequest {
  readonly node: Node;
  readonly cell: Cell;
  readonly password: string;
  readonly skeletons: Skeletons;
  readonly signal: AbortSignal;
}

const startTimeoutMs = 120_000;
const sessionTimeoutMs = 20_000;
/** What the address of a socket can hold. */
const longestSocketPath = 107;

/** @throws StrataError E541 it ended or did not answer; E542 no such engine; E543 no data directory; E544 its packets */
export async function startDatabase(request: DatabaseRequest): Promise<Database> {
  const { node, cell, password, signal } = request;
  const factors = factorsOf(cell);
  const engine = await findEngine(node, factors.engine, signal);
  const socket = `${node.workDir}/db.sock`;
  if (Buffer.byteLength(socket) > longestSocketPath) throw socketTooLong(socket);
  const [dataDir, port] = [await request.skeletons.place(node, engine, signal), await node.allocatePort()];
  const initFile = `${node.workDir}/init.sql`;
  const configFile = `${node.workDir}/db.cnf`;
  const place = { address: node.address, port, dataDir, socket, initFile };
  const load = { instances: cell.replicas, clients: cell.clients };
  const { stringLength } = factors;
  await node.put(Buffer.from(initSql({ password, stringLength })), initFile);
  await node.put(Buffer.from(serverConfig(engine, place, load, factors)), configFile);
  const running = runServer(node, engine, configFile);
  const database = databaseAt(request, engine, { port, socket }, running);
  await database.restart(signal);
  await checkPackets(database, cell, signal);
  return database;
}

interface Server {
  readonly start: () => Promise<NodeProcess>;
  readonly current: () => NodeProcess | undefined;
  readonly starts: () => number;
}

function runServer(node: Node, { program }: Engine, configFile: string): Server {
  let current: NodeProcess | undefined;
  let starts = 0;
  return {
    current: () => current,
    starts: () => starts,
    start: async () => {
      starts += 1;
      const name = starts === 1 ? 'database' : `database-${starts}`;
      current = await node.spawn([program, `--defaults-file=${configFile}`], { name });
      return current;
    },
  };
}

function databaseAt(
  { node, password }: DatabaseRequest,
  engine: Engine,
  { port, socket }: { readonly port: number; readonly socket: string },
  server: Server,
): Database {
  const credentials = { user: userName, password, database: databaseName };
  const place = { host: node.address, port };
  const connect = (signal: AbortSignal) =>
    openSession({ name: node.name, place, credentials, timeoutMs: sessionTimeoutMs, signal });
  return {
    ...{ name: node.name, ...place, node, engine, socket, credentials, connect },
    starts: server.starts,
    kill: async () => {
      const process = server.current();
      await process?.signal('SIGKILL');
      await process?.exited;
    },
    restart: async (signal) => {
      const process = await server.start();
      const wait = {
        what: `the database of ${node.name} to answer at ${node.address}:${port}`,
        ...{ timeoutMs: startTimeoutMs, signal, code: 'STRATA-E541' as const, intervalMs: 50 },
        ...{ fix: 'read the log of the database', log: node.logDir },
      };
      const answering = waitFor(wait, async () => {
        const session = await connect(signal);
        session.destroy();
        return true;
      });
      await unlessEnded(process, node, answering, { code: 'STRATA-E541' });
    },
  };
}

/** A batch that the server would refuse is found now and not in the middle of the trial. */
async function checkPackets(database: Database, cell: Cell, signal: AbortSignal): Promise<void> {
  const { stringLength, aggregation } = factorsOf(cell);
  const batchBytes = largestBatchBytes(stringLength, isReplicated(cell) ? aggregation : 1);
  const session = await database.connect(signal);
  const allowed = (await number(session, 'SELECT @@max_allowed_packet AS n', [])) ?? 0;
  session.destroy();
  const limit = Math.min(allowed, largestPacketBytes);
  if (batchBytes <= limit) return;
  throw new StrataError({
    code: 'STRATA-E544',
    message: `a batch of ${aggregation} tuples with ${stringLength} letters takes up to ${batchBytes} bytes, and max_allowed_packet of ${database.name} is ${allowed}`,
    fix: `take a smaller aggregation (at most ${Math.floor((aggregation * limit) / batchBytes)} with ${stringLength} letters) or shorter strings`,
  });
}

function socketTooLong(socket: string): StrataError {
  return new StrataError({
    code: 'STRATA-E540',
    message: `the path of the database's socket has more than ${longestSocketPath} bytes: ${socket}`,
    fix: 'set TMPDIR to a directory with a shorter path',
  });
}
