import { codeOf, DatabaseUnusable } from '#indexer/db/connection.ts'

// What Postgres or the socket says last; the connection's own end may come a moment after.
const goodbyes = new Set(['57P01', '57P02', '57P03', '25P03', '08003', '08006', 'ECONNRESET', 'EPIPE'])

// What Postgres answers where a table, a schema, a function or the right to use one is missing.
const notSetUp = new Set(['42P01', '3F000', '42501', '42883'])

/** Whether this failure says that the connection to the database is over. */
export function saysGoodbye(error: unknown): boolean {
  return goodbyes.has(codeOf(error) ?? '')
}

// Postgres can be read but not written: it is full, without memory or connections, on a failing disk, or a standby.
const takesNoRows = /^(53...|58030|25006)$/

/** Whether the database refuses what any database would take: somebody must mend it, and nothing is wrong with us. */
export function takesNothing(error: unknown): boolean {
  if (takesNoRows.test(codeOf(error) ?? '')) return true
  return error instanceof DatabaseUnusable && takesNothing(error.cause)
}

/** The same error, but in words a person can act on where the database was never set up for the indexer. */
export function unready(error: unknown): unknown {
  if (!notSetUp.has(codeOf(error) ?? '')) return error
  return new DatabaseUnusable(
    `The database that INDEXER_DATABASE_URL names is not set up for the indexer (${String(error)}). ` +
      'Apply the migrations with the owner of the database first; npm start does that.',
    { cause: error },
  )
}
