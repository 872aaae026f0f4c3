import { GeistMono } from 'geist/font/mono'
import { GeistSans } from 'geist/font/sans'
import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import { FormatsProvider } from '#web/ui/formats.tsx'
import { formats } from './formats.ts'
import './globals.css'

export const metadata: Metadata = {
  title: { default: 'Highstreet', template: '%s · Highstreet' },
  description: 'One loyalty network for the independent shops of a town: points from one shop, spent in all of them.',
}

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#123f31' },
    { media: '(prefers-color-scheme: dark)', color: '#0e2b22' },
  ],
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const given = await formats()
  return (
    <html className={`${GeistSans.variable} ${GeistMono.variable}`} lang="en">
      <body className="font-sans antialiased">
        <a
          className="absolute -top-20 left-4 z-50 rounded-xl bg-card px-4 py-3 font-semibold shadow-card focus:top-4"
          href="#main"
        >
          Skip to the page
        </a>
        <FormatsProvider formats={given}>{children}</FormatsProvider>
      </body>
    </html>
  )
}
