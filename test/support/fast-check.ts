// Before every test file: what fast-check draws is the same in every run, and a failure says how to have it again.
import fc from 'fast-check'
import { testConfig } from './config.ts'

fc.configureGlobal({ seed: testConfig.seed })
