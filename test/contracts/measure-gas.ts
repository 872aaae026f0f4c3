// The gas figures as JSON, for scripts that start this as a program.
import { gasFigures } from './support/gas-figures.ts'

const figures = await gasFigures((text) => process.stderr.write(`${text}\n`))
process.stdout.write(JSON.stringify(figures))
