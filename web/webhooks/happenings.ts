import type pg from 'pg'

// What happened is read off the mirror where it is final, and off refused wishes; each once, under a name of its own.

const columns = `'shop', x.shop, 'till', x.till, 'sequence', x.sequence::text, 'points', x.points::text,
  'member', '0x' || encode(x.member, 'hex')`

/** New happenings in the order of their blocks, of one shop, above `$2` and up to `$3`; `$4` of them at most. */
const fromMirror = `SELECT * FROM (
    SELECT 'purchase:' || x.till || ':' || x.sequence || ':final' AS name, x.member, 'purchase.final' AS type,
      jsonb_build_object(${columns}, 'spend', x.spend::text) AS data, x.block_number, x.log_index, x.sequence
    FROM ledger.purchase x WHERE x.shop = $1 AND x.block_number > $2 AND x.block_number <= $3
    UNION ALL
    SELECT 'payment:' || x.till || ':' || x.sequence || ':final', x.member, 'payment.final',
      jsonb_build_object(${columns}), x.block_number, x.log_index, x.sequence
    FROM ledger.payment x WHERE x.shop = $1 AND x.block_number > $2 AND x.block_number <= $3
    UNION ALL
    SELECT 'purchase:' || x.till || ':' || x.sequence || ':reversed:' || x.block_number || '.' || x.log_index, x.member,
      'purchase.reversed', jsonb_build_object(${columns}, 'taken', x.taken::text, 'debt', x.debt::text),
      x.block_number, x.log_index, x.sequence
    FROM ledger.reversal x WHERE x.shop = $1 AND x.block_number > $2 AND x.block_number <= $3
    UNION ALL
    SELECT 'payment:' || x.till || ':' || x.sequence || ':refunded:' || x.block_number || '.' || x.log_index, x.member,
      'payment.refunded', jsonb_build_object(${columns}), x.block_number, x.log_index, x.sequence
    FROM ledger.refund x WHERE x.shop = $1 AND x.block_number > $2 AND x.block_number <= $3
  ) happened ORDER BY block_number, log_index, sequence`

const write = {
  name: 'write happenings',
  text: `WITH last AS (SELECT coalesce(max(h.number), 0) AS number FROM portal.happening h WHERE h.shop = $1),
    fresh AS (SELECT row_number() OVER () AS place, f.* FROM (${fromMirror}) f
      WHERE NOT EXISTS (SELECT FROM portal.happening h WHERE h.shop = $1 AND h.name = f.name))
    INSERT INTO portal.happening (shop, number, name, member, type, data, at)
    SELECT $1, last.number + fresh.place, fresh.name, fresh.member, fresh.type, fresh.data, now() FROM fresh, last`,
}

const writeRefused = {
  name: 'write refused happenings',
  text: `WITH last AS (SELECT coalesce(max(h.number), 0) AS number FROM portal.happening h WHERE h.shop = $1),
    fresh AS (SELECT row_number() OVER (ORDER BY i.created_at, i.key) AS place, i.* FROM portal.intent i
      WHERE i.shop = $1 AND i.state = 'refused' AND i.kind IN ('purchase', 'payment', 'reversal', 'refund')
        AND i.created_at >= (SELECT min(w.created_at) FROM portal.webhook w WHERE w.shop = $1)
        AND NOT EXISTS (SELECT FROM portal.happening h WHERE h.shop = $1 AND h.name = i.key || ':refused'))
    INSERT INTO portal.happening (shop, number, name, member, type, data, at)
    SELECT $1, last.number + f.place, f.key || ':refused', f.member, f.kind || '.refused', jsonb_build_object(
        'shop', f.shop, 'till', f.till, 'sequence', f.sequence::text, 'points', f.points::text,
        'member', '0x' || encode(f.member, 'hex'), 'code', f.refused), now()
    FROM fresh f, last`,
}

/** Blocks at a time, so that no statement grows with the outage it follows. */
const mostBlocks = 500n

interface Behind {
  readonly shop: number
  readonly told: bigint
  readonly final: bigint
}

/** Writes down what has happened at the shops that want to be told. Answers how much that was. */
export async function writeHappenings(database: pg.ClientBase): Promise<number> {
  const { rows } = await database.query<Behind>({
    name: 'shops to tell',
    text: `SELECT t.shop, t.block AS told, c.final_block AS final FROM portal.told_block t, ledger.checkpoint c
      WHERE EXISTS (SELECT FROM portal.webhook w WHERE w.shop = t.shop) ORDER BY t.shop`,
  })
  let written = 0
  for (const { shop, told, final } of rows) {
    await database.query('BEGIN')
    try {
      // Numbers follow one another without a gap, whoever else may write down the same.
      await database.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`happenings ${shop}`])
      const upTo = final > told + mostBlocks ? told + mostBlocks : final
      if (upTo > told) written += (await database.query({ ...write, values: [shop, told, upTo] })).rowCount ?? 0
      written += (await database.query({ ...writeRefused, values: [shop] })).rowCount ?? 0
      // A mirror that was filled again tells of nothing a second time: names are kept.
      await database.query('UPDATE portal.told_block SET block = $2 WHERE shop = $1', [shop, upTo])
      await database.query('COMMIT')
    } catch (error) {
      await database.query('ROLLBACK').catch(() => undefined)
      throw error
    }
  }
  return written
}
