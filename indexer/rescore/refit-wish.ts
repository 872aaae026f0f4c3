import { connect } from '#indexer/db/connection.ts'

/** Asks whoever leads to fit the models before the day is over; asking twice is asking once. */
export async function askForFit(url: string): Promise<void> {
  const client = await connect(url, 'INDEXER_DATABASE_URL')
  try {
    await client.query('INSERT INTO judged.refit_wish VALUES (0, now()) ON CONFLICT (shop) DO NOTHING')
  } finally {
    await client.end()
  }
}
