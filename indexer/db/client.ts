import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from './client/client.ts'

const int8 = pg.types.builtins.INT8
const numeric = pg.types.builtins.NUMERIC

/**
 * Points and cents are whole and may pass 2^53, so whole numbers of the wide types arrive as bigint. A numeric with a
 * fraction (an average, say) stays text: whoever asks for one decides how to round it.
 */
const wholeNumbersAsBigint: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (format !== 'binary' && oid === int8) return (text: string) => BigInt(text)
    if (format !== 'binary' && oid === numeric) {
      return (text: string) => (/^-?\d+$/.test(text) ? BigInt(text) : text)
    }
    return pg.types.getTypeParser(oid, format)
  },
}

export interface PoolOptions {
  readonly name?: string
  readonly connections?: number
  /**
   * Questions with a name are planned once for each connection, whatever they are asked about. Postgres by itself goes
   * on planning each time what it believes to be cheap, and a plan may cost ten times what its rows do.
   */
  readonly plansOnce?: boolean
}

/** Plain connections to the database at `url`, for SQL that Prisma cannot say; the caller ends the pool. */
export function openPool(url: string, options: PoolOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: options.name ?? 'highstreet',
    max: options.connections ?? 5,
    connectionTimeoutMillis: 15_000,
    types: wholeNumbersAsBigint,
    ...(options.plansOnce ? { options: '-c plan_cache_mode=force_generic_plan' } : {}),
  })
  // The pool replaces a lost connection by itself; unheard, the event would end the process.
  pool.on('error', () => undefined)
  return pool
}

/** Prisma's client for the database at `url`; the caller disconnects it. */
export function openPrisma(url: string, options: { readonly connections?: number } = {}): PrismaClient {
  const adapter = new PrismaPg({
    connectionString: url,
    max: options.connections ?? 5,
    connectionTimeoutMillis: 15_000,
  })
  return new PrismaClient({ adapter })
}

export type { PrismaClient } from './client/client.ts'
