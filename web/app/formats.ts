import 'server-only'
import { headers } from 'next/headers'
import { cache } from 'react'
import { network } from '#web/queries/network.ts'
import type { Formats } from '#web/ui/formats.tsx'

const LOCALE = 'en-IE'
// A town lives in one time zone; its shops say which, and until one does this one stands.
const TIME_ZONE = 'Europe/Berlin'

/** The first language the browser asks for that is English or can be used for figures; the words stay English. */
function localeAsked(accepted: string | null): string {
  const first = accepted?.split(',')[0]?.split(';')[0]?.trim()
  if (!first || first === '*') return LOCALE
  try {
    const [known] = Intl.NumberFormat.supportedLocalesOf([first])
    // Dates are words: another language's month in an English sentence would read oddly.
    return known?.startsWith('en-') ? known : LOCALE
  } catch {
    return LOCALE
  }
}

/** How figures and dates are written for whoever asked. */
export const formats = cache(async (): Promise<Formats> => {
  const asked = await headers()
  const { par, moneyDecimals, moneySymbol } = network()
  const locale = localeAsked(asked.get('accept-language'))
  return {
    money: { locale, currency: moneySymbol, decimals: moneyDecimals, par },
    dates: { locale, timeZone: TIME_ZONE },
  }
})
