import { defineConfig } from 'prisma/config'

// Only `prisma generate` reads this: migrations are applied by indexer/db/migrate.ts, which needs no engine binary.
export default defineConfig({
  schema: 'indexer/db/schema.prisma',
  migrations: { path: 'indexer/db/migrations' },
})
