#!/usr/bin/env node
// Builds the portal as `npm start` does, unless it is built from these very sources already.
import { join } from 'node:path'
import { Complaint } from '../street/complaint.ts'
import { buildPortalIfNeeded } from '../street/portal-build.ts'
import { startChild } from '../street/processes.ts'
import { repository } from './program.ts'

try {
  await buildPortalIfNeeded({ log: join(repository, '.cache', 'portal-build.log'), start: startChild }, (work) =>
    work(),
  )
} catch (error) {
  console.error(error instanceof Complaint ? error.message : error)
  process.exitCode = 1
}
