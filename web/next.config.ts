import { fileURLToPath } from 'node:url'
import type { NextConfig } from 'next'

// Headers that never change; the content policy carries a fresh number per answer and is set in proxy.ts.
const headers = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  {
    key: 'Permissions-Policy',
    value: [
      'camera=(self), microphone=(), geolocation=(), payment=(), usb=()',
      'publickey-credentials-get=(self), publickey-credentials-create=(self)',
    ].join(', '),
  },
]

const config: NextConfig = {
  // One package for every room: the portal reads contracts/ and indexer/ beside it.
  turbopack: { root: fileURLToPath(new URL('..', import.meta.url)) },
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // Next takes 127.0.0.1 for localhost and would make the redirect from the one to the other point at itself.
  skipProxyUrlNormalize: true,
  // Type errors are found once for all rooms by `npm run check`, not again in each build.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ['pg', '@prisma/client', '@prisma/adapter-pg', 'pino'],
  headers: async () => [
    { source: '/:path*', headers },
    // It stands in a folder below the page that it opens.
    {
      source: '/till/worker.js',
      headers: [
        { key: 'Service-Worker-Allowed', value: '/till' },
        { key: 'Cache-Control', value: 'no-cache' },
      ],
    },
  ],
}

export default config
