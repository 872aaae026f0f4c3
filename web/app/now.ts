import 'server-only'
import { cache } from 'react'
import { checkpoint, nowOf } from '#web/queries/checkpoint.ts'

/** What the street means by now; see `nowOf`. */
export const streetNow = cache(async (): Promise<Date> => new Date(nowOf(await checkpoint()) * 1000))
