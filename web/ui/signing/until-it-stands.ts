import { askFor } from '../ask.ts'

const LOOK_AGAIN_MILLISECONDS = 1_000
const MOST_LOOKS = 120

/** null once it stands in a block that counts; a sentence where the chain refused it, or it takes its time. */
export async function untilItStands(shop: number, key: string): Promise<string | null> {
  const path = `/api/v1/intents/${shop}/${encodeURIComponent(key)}`
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MILLISECONDS))
    const answer = await askFor<{ state: string; sentence?: string }>(path)
    if (answer.is !== 'given' || answer.value.state === 'pending') continue
    if (answer.value.state === 'final') return null
    return answer.value.sentence ?? 'The network did not accept this.'
  }
  return 'This takes longer than usual. It goes on by itself; look again in a while.'
}
