import { keyNames } from '#web/queries/key-names.ts'
import { knownOfMember } from '#web/queries/known-of-member.ts'
import { memberHome } from '#web/queries/member-home.ts'
import { passkeysOf } from '#web/queries/passkeys.ts'
import { signedInDevices } from '#web/queries/signed-in-devices.ts'
import { session } from '../../../person.ts'

/** Everything that is known about the member who asks, as a file of their own. */
export async function GET(): Promise<Response> {
  const inside = await session()
  const someone = inside?.person
  if (!inside || someone?.role !== 'member') return new Response('Only the member.', { status: 403 })
  const [known, { issuers, statement }, devices, passkeys, names] = await Promise.all([
    knownOfMember(someone.member),
    memberHome(someone.member),
    signedInDevices(someone.member, { tokenHash: inside.tokenHash }),
    passkeysOf(someone.member),
    keyNames(someone.member),
  ])
  const points = issuers.map(({ shop, name, points: held }) => ({ shop, name, points: held }))
  const deviceNames = Object.fromEntries(names)
  const text = JSON.stringify({ ...known, points, statement, devices, passkeys, deviceNames }, digits, 2)
  return new Response(`${text}\n`, {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': 'attachment; filename="what-the-street-knows-about-me.json"',
      'cache-control': 'no-store',
    },
  })
}

const digits = (_key: string, part: unknown): unknown => (typeof part === 'bigint' ? part.toString() : part)
