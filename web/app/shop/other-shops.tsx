'use client'

import { ArrowLeftRight } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { post, whyNot } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'

/** The owner's other desks, each a tap away. */
export function OtherShops({ shops }: { shops: readonly { readonly shop: number; readonly name: string }[] }) {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
  const move = async (shop: number) => {
    setBusy(true)
    setSentence(null)
    const answer = await post('/api/session/place', { shop })
    setBusy(false)
    if (answer.is !== 'given') return setSentence(whyNot(answer))
    router.refresh()
  }
  return (
    <nav aria-label="Your other shops" className="mb-7 flex flex-wrap items-center gap-2">
      {shops.map(({ shop, name }) => (
        <Button disabled={busy} key={shop} look="outline" onClick={() => move(shop)}>
          <ArrowLeftRight aria-hidden="true" className="size-4" /> {name}
        </Button>
      ))}
      <p className="text-bad empty:hidden" role="alert">
        {sentence}
      </p>
    </nav>
  )
}
