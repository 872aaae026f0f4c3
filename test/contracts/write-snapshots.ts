// Writes the snapshots anew; `node scripts/generate.ts --snapshots` starts this.
import { differences, measures, remember, remembered, type Snapshot } from './support/snapshots.ts'

const names: readonly Snapshot[] = ['gas', 'storage-layouts', 'sizes']

for (const name of names) {
  const measured = await measures[name]()
  const changes = differences(remembered(name), measured)
  remember(name, measured)
  console.log(`test/contracts/snapshots/${name}.json: ${changes.length === 0 ? 'as it was' : ''}`)
  for (const change of changes) console.log(`  ${change}`)
}
