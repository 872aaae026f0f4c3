import { askForKey, keySecretLastsSeconds, waitingKey } from '#web/acts/key-requests.ts'
import { entryAccountLimit, invitationSourceLimit } from '#web/acts/rate-limits.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { deviceWords } from '../../../device-words.ts'
import { keySecretIn, waitingKeyCookie } from '../../../session-cookie.ts'
import { countedGet, countedPost } from '../../counted.ts'
import { entryCounting } from '../../entry.ts'

/** A device that waits looks every few seconds. */
const waitingCounting = { perSource: invitationSourceLimit, perAccount: entryAccountLimit }

/** A new device's passkey begins to wait; the secret goes into the device's cookie and nowhere else. */
export async function POST(request: Request): Promise<Response> {
  let cookie: string | null = null
  const response = await countedPost(request, entryCounting, async (body) => {
    const asked = await askForKey(body, { device: deviceWords(request.headers.get('user-agent') ?? '') })
    if (isRefusal(asked)) return asked
    const { secret, ...answer } = asked
    cookie = waitingKeyCookie(secret, keySecretLastsSeconds)
    return answer
  })
  if (cookie !== null) response.headers.append('set-cookie', cookie)
  return response
}

/** How it stands, for the device that asked. */
export async function GET(request: Request): Promise<Response> {
  return await countedGet(request, waitingCounting, () => waitingKey(keySecretIn(request)))
}
