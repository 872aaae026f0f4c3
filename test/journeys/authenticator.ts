import type { CDPSession, Page } from 'playwright-core'

/** A phone's own passkeys, with a finger that is there at once; real ceremonies in the browser itself. */
export interface Authenticator {
  /** Whether the finger is the owner's. */
  recognise(user: boolean): Promise<void>
  /** The passkeys on it, as they are synced to another device of the same person. */
  syncTo(other: Authenticator): Promise<void>
  readonly session: CDPSession
  readonly id: string
}

export async function authenticatorOn(page: Page): Promise<Authenticator> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const { authenticatorId: id } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    ...{ session, id },
    recognise: async (user) => {
      await session.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: user })
    },
    syncTo: async (other) => {
      const { credentials } = await session.send('WebAuthn.getCredentials', { authenticatorId: id })
      for (const credential of credentials) {
        await other.session.send('WebAuthn.addCredential', { authenticatorId: other.id, credential })
      }
    },
  }
}
