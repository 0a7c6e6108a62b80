/**
 * What every database holds: the replicated tuples, and the table through which the instances of the paper find each
 * other. The tuples have no key of their own, so that a double is seen instead of refused.
 */

export const databaseName = 'strata';
export const userName = 'strata';

/** Columns of a tuple that are told the server; `id` is its own. */
export const tupleColumns = 'origin, lane, seq, value, text';

export interface InitSql {
  readonly password: string;
  readonly stringLength: number;
}

/**
 * Run by the server at each of its starts, so every statement may find its work done. The user has no more rights than
 * the agent needs: it cannot alter tables, nor see other databases.
 */
export function initSql({ password, stringLength }: InitSql): string {
  const user = `'${userName}'@'%'`;
  return [
    `CREATE DATABASE IF NOT EXISTS ${databaseName};`,
    `CREATE TABLE IF NOT EXISTS ${databaseName}.tuples (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, origin SMALLINT NOT NULL, lane SMALLINT NOT NULL, seq INT NOT NULL, value TINYINT NOT NULL, text VARCHAR(${stringLength}) CHARACTER SET ascii NOT NULL) ENGINE=InnoDB;`,
    `CREATE TABLE IF NOT EXISTS ${databaseName}.sync (instance SMALLINT NOT NULL PRIMARY KEY) ENGINE=InnoDB;`,
    `CREATE USER IF NOT EXISTS ${user} IDENTIFIED BY '${password}';`,
    `GRANT SELECT, INSERT, DELETE ON ${databaseName}.* TO ${user};`,
    '',
  ].join('\n');
}

/** The prepared insert of so many rows. Instance and loop are part of its text: they never change. */
export function insertSql(origin: number, lane: number, rows: number): string {
  const row = `(${origin},${lane},?,?,?)`;
  return `INSERT INTO tuples (${tupleColumns}) VALUES ${Array<string>(rows).fill(row).join(',')}`;
}

/** Parameters of one row in {@link insertSql}. */
export const parametersPerRow = 3;

/** CRC-32 of a tuple as the server computes it; `checksum.ts` computes the same. */
export const tupleCrcSql = `CRC32(CONCAT_WS(',', ${tupleColumns}))`;
